/** Worker sessions as numbers; 0 is nobody. A session's name is kept as long as the table: a few dozen bytes each. */
export class Owners {
  readonly list: string[] = ['']
  readonly #numbers = new Map<string, number>([['', 0]])
  #last = 0

  numberOf(owner: string): number | undefined {
    return this.#numbers.get(owner)
  }

  intern(owner: string): number {
    if (owner === '') return 0
    if (owner === this.list[this.#last]) return this.#last
    const known = this.#numbers.get(owner)
    if (known !== undefined) return (this.#last = known)
    this.#last = this.list.push(owner) - 1
    this.#numbers.set(owner, this.#last)
    return this.#last
  }
}
