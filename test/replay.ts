/** A failing property names its seed and path; in the environment they run that one case again. */
export const replay: { readonly seed: number | undefined; readonly path: string | undefined } = {
  seed: process.env.MILLRACE_SEED === undefined ? undefined : Number(process.env.MILLRACE_SEED),
  path: process.env.MILLRACE_PATH,
}

/** The one line that runs a failing case of a test file again. */
export function replayLine(file: string): (seed: number, path: string) => string {
  return (seed, path) => `MILLRACE_SEED=${seed} MILLRACE_PATH=${path} npx vitest run ${file}`
}
