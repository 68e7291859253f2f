const texts = import.meta.glob<string>('../../code/*.ts', { query: '?raw', import: 'default', eager: true })

/** The text of an example, as the tests run it. */
export function codeOf(name: string): string {
  return texts[`../../code/${name}.ts`]!
}
