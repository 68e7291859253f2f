import type { Key, Queue, Schedule } from '@millrace/core'
import { LoggedMap } from './logged-map.ts'

/** A place in the history of the records. */
export interface RecordsMark {
  readonly queues: number
  readonly keys: number
  readonly schedules: number
  readonly nextSeq: number
}

/** What the table keeps beside jobs: the rows of queues, keys and schedules, and the next number in the order of acceptance. */
export class TableRecords {
  readonly queues: LoggedMap<Queue> = new LoggedMap()
  readonly keys: LoggedMap<Key> = new LoggedMap()
  readonly schedules: LoggedMap<Schedule> = new LoggedMap()
  nextSeq = 1

  /** The next number is at least this. */
  raiseSeq(next: number): void {
    if (next > this.nextSeq) this.nextSeq = next
  }

  mark(): RecordsMark {
    const { queues, keys, schedules, nextSeq } = this
    return { queues: queues.mark, keys: keys.mark, schedules: schedules.mark, nextSeq }
  }

  hasChangedSince({ queues, keys, schedules }: RecordsMark): boolean {
    return this.queues.mark > queues || this.keys.mark > keys || this.schedules.mark > schedules
  }

  undoTo(mark: RecordsMark): void {
    this.queues.undoTo(mark.queues)
    this.keys.undoTo(mark.keys)
    this.schedules.undoTo(mark.schedules)
    this.nextSeq = mark.nextSeq
  }

  /** Makes all changes final. */
  settle(): void {
    this.queues.forget()
    this.keys.forget()
    this.schedules.forget()
  }
}

/** What a key is found by; the name of a queue has no space. */
export function keyName(queue: string, key: string): string {
  return `${queue} ${key}`
}
