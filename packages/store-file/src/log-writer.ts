import { ByteWriter, type Append, type Journaled } from '@millrace/table'
import { isOutOfSpace } from './directory.ts'
import { failed, full, takenOver } from './errors.ts'
import { frameTypes, writeFrame, type FrameType } from './frame.ts'
import type { Generations } from './generations.ts'
import type { Ownership } from './ownership.ts'
import type { Reserve } from './reserve.ts'
import type { SegmentHeader } from './segment-header.ts'
import { SyncTimer } from './sync-timer.ts'
import type { Committer, Turn } from './turn-queue.ts'

export interface LogWriterOptions {
  readonly path: string
  readonly table: Journaled
  readonly generations: Generations
  readonly ownership: Ownership
  readonly reserve: Reserve
  /** Is every group flushed to the device before it is answered? */
  readonly flushes: boolean
  /** The last change that is in the log. */
  readonly seq: number
  readonly now: () => number
}

const mostGroupBytes = 4 * 1024 * 1024

/** Group commit: many turns decide into one buffer, which is one write and one flush. */
export class LogWriter implements Committer {
  readonly #options: LogWriterOptions
  readonly #writer = new ByteWriter(1 << 16)
  readonly #sync: SyncTimer
  #seq: number
  #durableSeq: number
  #markedSeq = 0
  #changes = 0
  #crowded = false
  /** Why nothing more can be stored. */
  #halt: ((outcome: 'no' | 'unknown') => Error) | undefined

  constructor(options: LogWriterOptions) {
    this.#options = options
    this.#sync = new SyncTimer(options.now)
    this.#seq = options.seq
    this.#durableSeq = options.seq
  }

  get isCrowded(): boolean {
    return this.#crowded
  }

  get isHalted(): boolean {
    return this.#halt !== undefined
  }

  get seq(): number {
    return this.#seq
  }

  async commit(line: Turn[]): Promise<void> {
    const before = this.#seq
    const turns = this.#decide(line)
    this.#crowded = this.#changes > 1
    if (this.#changes === 0) return settle(turns)
    const start = this.#options.generations.log.end
    try {
      this.#write(turns)
      if (this.#options.flushes) await this.#flush()
    } catch (error) {
      this.#mend(error, turns, before, start)
      return
    }
    // R12: after the flush and before the answer. A new owner has read whatever was flushed before it came.
    if (this.#options.ownership.holds) this.#acknowledge(turns)
    else this.#lose(turns)
  }

  /** R8: a seal after the last group makes damage to that group provable too. It needs no flush of its own. */
  seal(): void {
    if (this.#durableSeq === this.#seq) this.#mark(frameTypes.seal)
  }

  /** Flushes what is written, and says so with the last frame of this log. */
  markClosed(): void {
    if (this.#halt) return
    const { log } = this.#options.generations
    this.flushAll()
    this.#markedSeq = -1
    this.#mark(frameTypes.close)
    log.file.sync()
    log.finish()
  }

  /** What follows builds upon all that is written; where flushing is left to the system, this is the moment for it. */
  flushAll(): void {
    if (this.#halt) throw this.#halt('no')
    if (this.#options.flushes) return
    const { log } = this.#options.generations
    log.file.sync()
    log.markDurable()
    this.#durableSeq = this.#seq
  }

  /** Ends this log and starts the next; answers the header of a snapshot between the two. */
  rotate(): SegmentHeader {
    this.flushAll()
    try {
      return this.#options.generations.rotate(this.#seq + 1)
    } catch (error) {
      if (this.#options.generations.isSuperseded) {
        this.#halt = (outcome) => failed(this.#options.path, error, outcome)
      }
      throw error
    }
  }

  /** Lets everyone in line decide, in order, into one buffer. A turn that throws takes back only what it appended. */
  #decide(line: Turn[]): Turn[] {
    const decided: Turn[] = []
    let taken = 0
    this.#writer.clear()
    this.#changes = 0
    while (taken < line.length && this.#writer.position < mostGroupBytes) {
      const turn = line[taken++]!
      const refusal = this.#refusal(turn)
      if (refusal) turn.reject(refusal)
      else if (this.#decideOne(turn)) decided.push(turn)
    }
    line.splice(0, taken)
    return decided
  }

  #refusal({ useReserve }: Turn): Error | undefined {
    if (this.#halt) return this.#halt('no')
    return !useReserve && this.#options.reserve.exhausted ? full(this.#options.path, undefined) : undefined
  }

  #decideOne(turn: Turn): boolean {
    const { position } = this.#writer
    const changes = this.#changes
    try {
      turn.decide(this.#append)
      return true
    } catch (error) {
      this.#writer.truncate(position)
      this.#seq -= this.#changes - changes
      this.#changes = changes
      turn.reject(error)
      return false
    }
  }

  readonly #append: Append = (encode) => {
    const { log } = this.#options.generations
    this.#changes += 1
    this.#seq += 1
    const payload = this.#frame(frameTypes.change, encode)
    return { segment: log.generation, offset: log.end + payload }
  }

  #frame(type: FrameType, encode: (writer: ByteWriter) => void): number {
    const { seed } = this.#options.generations.log
    return writeFrame(this.#writer, { type, seq: this.#seq, durableSeq: this.#durableSeq, seed }, encode)
  }

  /** R11: work that frees space may use up what was kept back for it, and takes along whoever is in its group. */
  #write(turns: readonly Turn[]): void {
    const { generations, reserve } = this.#options
    const bytes = this.#writer.written()
    try {
      generations.log.write(bytes)
    } catch (error) {
      const mayRetry = isOutOfSpace(error) && turns.some((turn) => turn.useReserve) && reserve.spend()
      if (!mayRetry) throw error
      generations.log.write(bytes)
    }
  }

  #flush(): Promise<void> | void {
    const { file } = this.#options.generations.log
    if (this.#sync.isFasterThanAHop(this.#writer.position)) return this.#sync.measure(() => file.sync())
    return this.#sync.measureLater(() => file.syncLater())
  }

  #acknowledge(turns: readonly Turn[]): void {
    const { log } = this.#options.generations
    if (this.#options.flushes) {
      log.markDurable()
      this.#durableSeq = this.#seq
    }
    settle(turns)
    log.allocateAhead()
  }

  /** What to do about a group that could not be stored: give up on it (R10), or on the log (R9). */
  #mend(error: unknown, turns: readonly Turn[], seqBefore: number, start: number): void {
    const { generations, path, reserve } = this.#options
    const written = generations.log.end > start
    if (isOutOfSpace(error)) {
      reserve.exhaust()
      if (!written && this.#takeBack(start)) {
        this.#seq = seqBefore
        return rejectAll(turns, full(path, error))
      }
      reserve.spend()
    }
    this.#startOver(error, turns, seqBefore, start)
  }

  /** R10: bytes that were never acknowledged, so the log ends where it did before. */
  #takeBack(end: number): boolean {
    try {
      this.#options.generations.log.cutBack(end)
      return true
    } catch {
      return false
    }
  }

  /** R9: a failed flush says nothing of what is on the device, and a second one would lie. */
  #startOver(cause: unknown, turns: readonly Turn[], seqBefore: number, start: number): void {
    const { generations, ownership, path, table } = this.#options
    try {
      if (!this.#options.flushes) generations.log.file.sync()
      generations.startOver(this.#writer.written(), seqBefore + 1, start, table)
      this.#durableSeq = this.#seq
      if (!ownership.holds) return this.#lose(turns)
    } catch (again) {
      this.#halt = (outcome) => failed(path, again, outcome)
    }
    rejectAll(turns, failed(path, cause, 'unknown'))
  }

  #lose(turns: readonly Turn[]): void {
    this.#halt = (outcome) => takenOver(this.#options.path, outcome)
    rejectAll(turns, this.#halt('unknown'))
  }

  #mark(type: FrameType): void {
    if (this.#halt || this.#markedSeq === this.#seq) return
    this.#writer.clear()
    this.#frame(type, () => {})
    this.#options.generations.log.write(this.#writer.written())
    this.#markedSeq = this.#seq
  }
}

function settle(turns: readonly Turn[]): void {
  for (const turn of turns) turn.resolve()
}

function rejectAll(turns: readonly Turn[], error: Error): void {
  for (const turn of turns) turn.reject(error)
}
