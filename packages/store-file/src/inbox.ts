import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Store } from '@millrace/core'
import { readAt, reading, removeIfThere, writeAll, type Directory } from './directory.ts'
import { fsyncDirectory, NodeDirectory } from './node-directory.ts'
import { publish } from './publish.ts'
import { parseSubmission, type Submission } from './submission.ts'

const inboxName = 'inbox'
const submissionName = /^[0-9a-f]{32}\.json$/
/** So many at a time share a flush, and no more are held in memory. */
const batch = 256

/** Where other processes leave jobs while no owner is there, one file for each submission, as in a maildir (R14). */
export class Inbox {
  readonly #directory: Directory
  #ingesting: Promise<number> | undefined

  constructor(directory: Directory) {
    this.#directory = directory
  }

  /** Of the store in this directory. */
  static in(path: string): Inbox {
    const inbox = join(path, inboxName)
    if (mkdirSync(inbox, { recursive: true, mode: 0o700 }) !== undefined) fsyncDirectory(path)
    return new Inbox(new NodeDirectory(inbox))
  }

  /** Durable when it returns. */
  leave(submission: Submission): void {
    const name = `${randomBytes(16).toString('hex')}.json`
    publish(this.#directory, name, (file) =>
      writeAll(file, Buffer.from(JSON.stringify(submission)), 0),
    ).close()
  }

  /** Takes all that was left into the store; answers how many submissions that were. Ids make a repetition harmless. */
  ingest(store: Store): Promise<number> {
    this.#ingesting ??= this.#ingest(store).finally(() => {
      this.#ingesting = undefined
    })
    return this.#ingesting
  }

  async #ingest(store: Store): Promise<number> {
    let count = 0
    for (;;) {
      const names = this.#directory.list().filter((name) => submissionName.test(name))
      if (names.length === 0) return count
      const some = names.slice(0, batch)
      await Promise.all(some.map((name) => this.#take(store, name)))
      this.#directory.sync()
      count += some.length
    }
  }

  async #take(store: Store, name: string): Promise<void> {
    const submission = this.#read(name)
    if (!submission) return this.#setAside(name)
    // They were accepted when they were left here, so a full queue is no reason to refuse them now.
    await store.run('enqueue', { ...submission.request, atomic: false, exempt: true }, submission.at)
    removeIfThere(this.#directory, name)
  }

  #read(name: string): Submission | undefined {
    const bytes = reading(this.#directory, name, (file) => readAt(file, 0, file.size()))
    try {
      return parseSubmission(JSON.parse(Buffer.from(bytes).toString('utf8')))
    } catch {
      return undefined
    }
  }

  /** What cannot be understood is kept for a look, and not looked at again. */
  #setAside(name: string): void {
    this.#directory.rename(name, `${name}.unreadable`)
  }
}
