/** Where every id and every draw of a runtime comes from. */
export interface Entropy {
  /** 16 characters, never the same twice. */
  id(): string
  /** 32 bits for the draws of one moment. */
  seed(): number
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const pairs: readonly string[] = Array.from(
  { length: 4096 },
  (_, index) => alphabet[index >> 6]! + alphabet[index & 63]!,
)

/** The platform's own randomness. */
export function systemEntropy(): Entropy {
  return new SeededEntropy(crypto.getRandomValues(new Uint32Array(4)))
}

/** The same ids and draws for the same number. */
export function seededEntropy(seed: number): Entropy {
  return new SeededEntropy(Uint32Array.of(seed, 0x9e3779b9, seed ^ 0x85ebca6b, 1))
}

/**
 * Ids are a random prefix of 10 characters (60 bits), drawn once, and a counter of 6: unique within the runtime by the counter,
 * between runtimes by the prefix, and without a random draw per job. Draws are sfc32 (Chris Doty-Humphrey, PractRand).
 */
class SeededEntropy implements Entropy {
  readonly #state: Uint32Array
  readonly #prefix: string
  #high = 0
  #low = 4096
  #base = ''

  constructor(state: Uint32Array) {
    this.#state = state
    for (let index = 0; index < 12; index++) this.seed()
    this.#prefix = Array.from({ length: 5 }, () => pairs[this.seed() & 4095]).join('')
  }

  id(): string {
    if (this.#low === 4096) {
      this.#base = `${this.#prefix}${pairs[(this.#high >>> 12) & 4095]}${pairs[this.#high & 4095]}`
      this.#high++
      this.#low = 0
    }
    return this.#base + pairs[this.#low++]!
  }

  seed(): number {
    const s = this.#state
    const a = s[0]!
    const b = s[1]!
    const c = s[2]!
    const d = s[3]!
    const drawn = (a + b + d) | 0
    s[3] = d + 1
    s[0] = b ^ (b >>> 9)
    s[1] = c + (c << 3)
    s[2] = ((c << 21) | (c >>> 11)) + drawn
    return drawn >>> 0
  }
}
