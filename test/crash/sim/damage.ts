import { MillraceError } from '@millrace/core'
import { nameOf, numbersOf } from '../../../packages/store-file/src/file-names.ts'
import { FrameScanner } from '../../../packages/store-file/src/frame-scanner.ts'
import { frameTypes, saltSeed } from '../../../packages/store-file/src/frame.ts'
import { recover } from '../../../packages/store-file/src/recovery.ts'
import { decodeSegmentHeader, segmentHeaderBytes } from '../../../packages/store-file/src/segment-header.ts'
import { NumberTable } from '../../store-file/number-table.ts'
import { memoryDirectory } from './memory-directory.ts'
import { Oracle, Violation } from './oracle.ts'
import { live, type Trace } from './workload.ts'

export interface Damages {
  truncations: number
  flips: number
  torn: number
  damaged: number
  harmless: number
}

type Verdict = { readonly found: number } | 'damaged'

const actions = 8

/** Cuts every file of a store at every byte and flips every bit of it, and knows of each what recovery must say. */
export async function damageAll(seed: number, damages: Damages): Promise<void> {
  const trace = await live(seed, actions)
  const files = trace.disk.files()
  const store = new DamagedStore(trace, files)
  for (const [name, bytes] of files) {
    if (!/^(log|snap)\./.test(name)) continue
    for (let size = 0; size < bytes.length; size++) {
      damages.truncations += 1
      store.truncated(name, bytes.subarray(0, size), damages)
    }
    const changed = bytes.slice()
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      changed[bit >> 3]! ^= 1 << (bit & 7)
      damages.flips += 1
      store.flipped(name, changed, bit, damages)
      changed[bit >> 3]! ^= 1 << (bit & 7)
    }
  }
}

class DamagedStore {
  readonly #trace: Trace
  readonly #files: Map<string, Uint8Array>
  readonly #oracle: Oracle
  readonly #newest: string

  constructor(trace: Trace, files: Map<string, Uint8Array>) {
    this.#trace = trace
    this.#files = files
    this.#oracle = new Oracle(trace.changes)
    this.#newest = nameOf('log', numbersOf('log', [...files.keys()]).at(-1)!)
  }

  /** A cut takes the proofs with it, so only what other files prove can be missed. */
  truncated(name: string, bytes: Uint8Array, damages: Damages): void {
    const verdict = this.#verdict(name, bytes)
    this.#count(verdict, damages)
    if (name !== this.#newest)
      return this.#mustBe(verdict, name, `cut at ${bytes.length}`, 'whole or damaged')
    if (bytes.length < segmentHeaderBytes) this.#mustBe(verdict, name, `cut at ${bytes.length}`, 'damaged')
  }

  flipped(name: string, bytes: Uint8Array, bit: number, damages: Damages): void {
    const verdict = this.#verdict(name, bytes)
    this.#count(verdict, damages)
    const what = `bit ${bit} flipped`
    if (name !== this.#newest) return this.#mustBe(verdict, name, what, 'whole or damaged')
    if (bit >> 3 < segmentHeaderBytes) return this.#mustBe(verdict, name, what, 'damaged')
    const expected = this.#expected(bit >> 3)
    const found = verdict === 'damaged' ? verdict : verdict.found
    if (found !== expected) {
      throw new Violation(`seed: ${name}, ${what}: recovery says ${found}, and the truth is ${expected}`)
    }
  }

  /** Read off the undamaged log: is the frame at this byte proven by a later one to have been flushed? */
  #expected(at: number): number | 'damaged' {
    const pristine = this.#files.get(this.#newest)!
    const header = decodeSegmentHeader('log', pristine)!
    const file = memoryDirectory(this.#files).open(this.#newest)
    const scanner = new FrameScanner(file, saltSeed(header.salt), segmentHeaderBytes, pristine.length)
    let before = header.firstSeq - 1
    let hit = false
    for (let start = segmentHeaderBytes; ; start = scanner.position) {
      const frame = scanner.next()
      if (!frame) return before
      if (hit && frame.durableSeq > before) return 'damaged'
      if (at >= start && at < frame.end) hit = true
      if (!hit && frame.type === frameTypes.change) before = frame.seq
    }
  }

  #verdict(name: string, bytes: Uint8Array): Verdict {
    const directory = memoryDirectory(new Map(this.#files).set(name, bytes))
    try {
      const table = new NumberTable()
      const found = recover(directory, this.#trace.storeId, table).last?.lastSeq ?? 0
      this.#oracle.check(directory, table, found)
      return { found }
    } catch (error) {
      if (error instanceof MillraceError && error.code === 'STORE_CORRUPT') return 'damaged'
      throw error
    }
  }

  #mustBe(verdict: Verdict, name: string, what: string, expected: 'damaged' | 'whole or damaged'): void {
    const isWhole = verdict !== 'damaged' && verdict.found === this.#oracle.last
    if (verdict === 'damaged' || (expected === 'whole or damaged' && isWhole)) return
    throw new Violation(
      `${name}, ${what}: acknowledged changes after ${verdict.found} are gone without a word`,
    )
  }

  #count(verdict: Verdict, damages: Damages): void {
    if (verdict === 'damaged') damages.damaged += 1
    else if (verdict.found === this.#oracle.last) damages.harmless += 1
    else damages.torn += 1
  }
}
