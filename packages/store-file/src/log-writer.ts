import { ByteWriter, type Append, type Journaled, type Place } from '@millrace/table'
import { CommitGroup } from './commit-group.ts'
import { isOutOfSpace, type OpenFile } from './directory.ts'
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

/**
 * Group commit: a turn is written as soon as it has decided, so that whether there is room for it is known before the next
 * one decides; what was written during one flush shares the next.
 */
export class LogWriter implements Committer {
  isCrowded = false
  readonly #options: LogWriterOptions
  readonly #marks = new ByteWriter(64)
  readonly #sync: SyncTimer
  /** Takes in turns. */
  #open = new CommitGroup()
  /** Is being flushed, or is empty. */
  #flushing = new CommitGroup()
  #seq: number
  #durableSeq: number
  #markedSeq = 0
  /** Why nothing more can be stored. */
  #halt: ((outcome: 'no' | 'unknown') => Error) | undefined

  constructor(options: LogWriterOptions) {
    this.#options = options
    this.#sync = new SyncTimer(options.now)
    this.#seq = options.seq
    this.#durableSeq = options.seq
  }

  get isPending(): boolean {
    return this.#open.turns.length > 0
  }

  get isHalted(): boolean {
    return this.#halt !== undefined
  }

  get seq(): number {
    return this.#seq
  }

  decide(line: Turn[]): boolean {
    let taken = 0
    let isRefused = false
    while (taken < line.length && !isRefused && this.#open.frames.position < mostGroupBytes)
      isRefused = !this.#take(line[taken++]!)
    line.splice(0, taken)
    return isRefused
  }

  flush(): Promise<void> | void {
    const group = this.#open
    this.#open = this.#flushing
    this.#flushing = group
    this.isCrowded = group.isCrowded
    if (!this.#options.flushes || !group.hasChanges) return this.#finish(group)
    const { file } = this.#options.generations.log
    if (this.#sync.isFasterThanAHop(group.frames.position)) this.#flushNow(group, file)
    else return this.#flushLater(group, file)
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
    log.markDurable(log.end)
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

  /** False if the turn was refused, so that what it decided is to be taken back. */
  #take(turn: Turn): boolean {
    const refusal = this.#refusal(turn)
    if (refusal) {
      turn.reject(refusal)
      return true
    }
    const { frames, turns } = this.#open
    const from = frames.position
    const seq = this.#seq
    this.#open.beginTurn()
    try {
      turn.decide(this.#append)
    } catch (error) {
      this.#takeBack(from, seq)
      turn.reject(error)
      return false
    }
    turns.push(turn)
    return seq === this.#seq || this.#write(turn, from, seq)
  }

  #refusal({ useReserve }: Turn): Error | undefined {
    if (this.#halt) return this.#halt('no')
    return !useReserve && this.#options.reserve.exhausted ? full(this.#options.path, undefined) : undefined
  }

  readonly #append: Append = (encode) => {
    this.#seq += 1
    return this.#open.append(this.#options.generations.log, this.#seq, this.#durableSeq, encode)
  }

  #takeBack(from: number, seq: number): void {
    this.#open.takeBack(from, seq)
    this.#seq = seq
  }

  /** What to do about a turn that cannot be written: refuse it (R10), or give up on the log (R9). False if it was refused. */
  #write(turn: Turn, from: number, seq: number): boolean {
    const { path, reserve } = this.#options
    try {
      this.#writeOrSpend(this.#open.frames.written(from), turn.useReserve)
      this.#open.noteTexts(this.#options.generations.log.sums)
      return true
    } catch (error) {
      if (!isOutOfSpace(error)) this.#startOver(error)
      else if (this.#cutBack()) {
        this.#open.turns.pop()
        this.#takeBack(from, seq)
        turn.reject(full(path, error))
      } else {
        reserve.spend()
        this.#startOver(error)
      }
      return false
    }
  }

  /** R11: work that frees space may use up what was kept back for it. */
  #writeOrSpend(frames: Uint8Array, mayUseReserve: boolean): void {
    const { generations, reserve } = this.#options
    try {
      generations.log.write(frames)
    } catch (error) {
      if (!isOutOfSpace(error)) throw error
      reserve.exhaust()
      if (!mayUseReserve || !reserve.spend()) throw error
      generations.log.write(frames)
    }
  }

  /** R10: bytes that were never acknowledged, so the log ends where it did before. */
  #cutBack(): boolean {
    try {
      this.#options.generations.log.cutBack()
      return true
    } catch {
      return false
    }
  }

  #flushNow(group: CommitGroup, file: OpenFile): void {
    try {
      this.#sync.measure(() => file.sync())
    } catch (error) {
      return this.#failFlush(group, error)
    }
    this.#finish(group)
  }

  async #flushLater(group: CommitGroup, file: OpenFile): Promise<void> {
    try {
      await this.#sync.measureLater(() => file.syncLater())
    } catch (error) {
      return this.#failFlush(group, error)
    }
    this.#finish(group)
  }

  /** Nothing is left to do where a write that failed meanwhile has made an end of the log. */
  #failFlush(group: CommitGroup, error: unknown): void {
    if (isOutOfSpace(error)) this.#options.reserve.spend()
    if (group.turns.length > 0) this.#startOver(error)
  }

  #finish(group: CommitGroup): void {
    const { generations, ownership } = this.#options
    // R12: after the flush and before the answer. A new owner has read whatever was flushed before it came.
    if (group.hasChanges && !ownership.holds) return this.#lose()
    if (group.hasChanges && this.#options.flushes) {
      generations.log.markDurable(group.end)
      this.#durableSeq = group.lastSeq
    }
    for (const turn of group.turns) turn.resolve()
    group.clear()
    generations.log.allocateAhead()
  }

  /** R9: a failed flush says nothing of what is on the device, and a second one would lie. */
  #startOver(cause: unknown): void {
    const { generations, ownership, path, table } = this.#options
    const groups = [this.#flushing, this.#open].filter(({ hasChanges }) => hasChanges)
    const { firstSeq, start } = groups[0]!
    try {
      if (!this.#options.flushes) generations.log.file.sync()
      const frames = Buffer.concat(groups.map((group) => group.frames.written()))
      generations.startOver({ frames, firstSeq, start }, table, (from) => this.#restated(from))
      this.#durableSeq = this.#seq
      if (!ownership.holds) return this.#lose()
    } catch (again) {
      this.#halt = (outcome) => failed(path, again, outcome)
    }
    this.#rejectAll(failed(path, cause, 'unknown'))
  }

  /** A frame of the group may refer to a text of the group, in the log that failed. */
  #restated(from: Place): Uint8Array {
    this.#marks.clear()
    let isNeeded = false
    this.#seq += 1
    this.#frame(frameTypes.change, (writer) => {
      isNeeded = this.#options.table.restate(writer, from)
    })
    if (isNeeded) return this.#marks.written()
    this.#seq -= 1
    return this.#marks.written(this.#marks.position)
  }

  #lose(): void {
    this.#halt = (outcome) => takenOver(this.#options.path, outcome)
    this.#rejectAll(this.#halt('unknown'))
  }

  #rejectAll(error: Error): void {
    for (const group of [this.#flushing, this.#open]) {
      for (const turn of group.turns) turn.reject(error)
      group.clear()
    }
  }

  #frame(type: FrameType, encode: (writer: ByteWriter) => void): void {
    const { seed } = this.#options.generations.log
    writeFrame(this.#marks, { type, seq: this.#seq, durableSeq: this.#durableSeq, seed }, encode)
  }

  #mark(type: FrameType): void {
    if (this.#halt || this.#markedSeq === this.#seq) return
    this.#marks.clear()
    this.#frame(type, () => {})
    this.#options.generations.log.write(this.#marks.written())
    this.#markedSeq = this.#seq
  }
}
