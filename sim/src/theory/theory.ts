/** Values that theory has for a scenario, under the names they have in what is measured. */
export interface Theory {
  readonly model: string
  readonly values: TheoryValues
}

export interface TheoryValues {
  readonly utilization?: number
  readonly empty?: number
  readonly throughput?: number
  readonly depth?: number
  readonly system?: number
  readonly backoff?: number
  readonly timeWaiting?: number
  readonly classes?: readonly ClassTheory[]
}

export interface ClassTheory {
  readonly wait?: {
    readonly mean?: number
    readonly p50?: number
    readonly p95?: number
    readonly p99?: number
  }
  readonly sojourn?: {
    readonly mean?: number
    readonly p50?: number
    readonly p95?: number
    readonly p99?: number
  }
  readonly sojournCompleted?: number
  readonly attemptRate?: number
  readonly attemptsPerJob?: number
  readonly refused?: number
  readonly dead?: number
  readonly expired?: number
  readonly waited?: number
}
