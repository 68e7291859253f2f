/** One thing the command line can do. */
export interface Command {
  readonly name: string
  /** Its arguments, as the list of commands shows them. */
  readonly usage: string
  readonly summary: string
  /** Answers the exit code: 0 all is well, 1 something is wrong, 2 the arguments were not understood. */
  run(argv: readonly string[]): Promise<number> | number
}

/** Names of files come from a disk that may be damaged, and text from jobs: neither may steer the terminal. */
export function printable(text: string): string {
  return text.replaceAll(
    /\p{Cc}/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
