/** Numbers are padded, so that names sort as numbers do. Logs and snapshots draw from one row of numbers, never twice the same. */
export type Numbered = 'own' | 'log' | 'snap'

const width = 10
const pattern = /^(own|log|snap)\.(\d{10})$/

export const storeFile = 'STORE'
export const reserveFile = 'reserve'
export const temporarySuffix = '.tmp'

export function nameOf(kind: Numbered, number: number): string {
  return `${kind}.${String(number).padStart(width, '0')}`
}

/** The numbers of one kind in rising order. */
export function numbersOf(kind: Numbered, names: readonly string[]): number[] {
  const numbers: number[] = []
  for (const name of names) {
    const match = pattern.exec(name)
    if (match?.[1] === kind) numbers.push(Number(match[2]))
  }
  return numbers.sort((a, b) => a - b)
}

/** The highest number a log or a snapshot bears. */
export function highestGeneration(names: readonly string[]): number {
  return Math.max(0, ...numbersOf('log', names), ...numbersOf('snap', names))
}
