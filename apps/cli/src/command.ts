/** One thing the command line can do. */
export interface Command {
  readonly name: string
  /** Its arguments, as the list of commands shows them. */
  readonly usage: string
  readonly summary: string
  /** Answers the exit code; throws `Misspelt` for arguments that it does not understand. */
  run(argv: readonly string[]): Promise<number> | number
}

/** Arguments that are not understood; the message says which and what is meant. */
export class Misspelt extends Error {}

/** Names of files come from a disk that may be damaged, and text from jobs: neither may steer the terminal. */
export function printable(text: string): string {
  return text.replaceAll(
    /\p{Cc}/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
