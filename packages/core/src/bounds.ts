/** Limits that keep a job's row small; the ones on what a user passes are checked at the runtime's door. */
export const bounds: {
  readonly name: number
  readonly payloadBytes: number
  readonly payloadDepth: number
  readonly errorText: number
  readonly errors: number
  readonly logLines: number
  readonly logLine: number
  readonly priority: number
  readonly durationMs: number
} = {
  /** Characters of a name or id. */
  name: 128,
  payloadBytes: 1_048_576,
  payloadDepth: 64,
  /** Characters of an error's message and stack each. */
  errorText: 8_192,
  /** Errors kept per job, the newest. */
  errors: 10,
  logLines: 100,
  logLine: 1_024,
  /** Priorities run from minus this to this. */
  priority: 1_000,
  /** Ten years, in milliseconds. */
  durationMs: 315_576_000_000,
}
