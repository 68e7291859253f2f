import { MillraceError, type Millis, type State } from '@millrace/core'
import {
  systemEntropy,
  type Enqueued,
  type EnqueueOptions,
  type Entropy,
  type JobNews,
  type JobView,
  type Runtime,
} from '@millrace/runtime'
import type { BlobPlace } from './blob-place.ts'
import { keepStorage } from './keep-storage.ts'
import { loadTusClient } from './load-tus-client.ts'
import { OnlineGate } from './online-gate.ts'
import { performUpload } from './perform-upload.ts'
import type { UploadJob, UploadPayload, UploadResult } from './upload-job.ts'

export interface UploadsOptions {
  readonly job: UploadJob
  readonly runtime: Runtime
  /** `store.blobs` of the IndexedDB store. */
  readonly blobs: BlobPlace
  /** One of your own, to share it with other work; else one is made with the job's policy. */
  readonly gate?: OnlineGate
}

export interface AddOptions extends Omit<EnqueueOptions, 'client'> {
  /** `file.name`, if not given. */
  readonly name?: string
  /** Told to the server beside name and type. */
  readonly metadata?: Readonly<Record<string, string>>
}

// A file is put before its job: until then it looks like an orphan.
const orphanAgeMs: Millis = 600_000

const over: ReadonlySet<State> = new Set<State>(['completed', 'cancelled', 'expired'])

/** Files on their way to the server: they stay in this browser until the server has them. */
export class Uploads {
  readonly gate: OnlineGate
  readonly #job: UploadJob
  readonly #runtime: Runtime
  readonly #blobs: BlobPlace
  readonly #ownGate: boolean
  readonly #unlisten: readonly (() => void)[]
  readonly #entropy: Entropy = systemEntropy()
  #pause = new AbortController()

  constructor({ job, runtime, blobs, gate }: UploadsOptions) {
    this.gate = gate ?? new OnlineGate({ network: job.settings.network })
    this.#ownGate = gate === undefined
    this.#job = job
    this.#runtime = runtime
    this.#blobs = blobs
    const { queue } = job.definition
    // While the page has only just been loaded, the network is most likely there.
    if (job.settings.protocol === 'tus') loadTusClient().catch(() => {})
    runtime.handle(job.definition, (payload, context) => {
      // It was claimed, so the pause is over, whoever ended it.
      if (this.#pause.signal.aborted) this.#pause = new AbortController()
      const { signal: paused } = this.#pause
      return performUpload(payload, context, { settings: job.settings, blobs, gate: this.gate, paused })
    })
    this.#unlisten = [
      ...(['completed', 'cancelled', 'expired'] as const).map((type) =>
        runtime.on(type, (news: JobNews) => this.#forget(news.job)),
      ),
      runtime.on('paused', (news) => news.queue === queue && this.#pause.abort()),
    ]
  }

  /** Resolves when file and job are stored as durably as the store promises. `STORE_FULL` without room: nothing was kept. */
  async add(file: Blob, options: AddOptions = {}): Promise<Enqueued<UploadResult>> {
    const { name = file instanceof File ? file.name : 'file', metadata = {}, ...enqueueOptions } = options
    void keepStorage()
    const blob = this.#entropy.id()
    await this.#blobs.put(blob, file)
    const { type, size } = file
    const payload = { blob, name, type, size, metadata: { filename: name, filetype: type, ...metadata } }
    try {
      return await this.#runtime.enqueue(this.#job.definition, payload, enqueueOptions)
    } catch (error) {
      if (!isUncertain(error)) await this.#blobs.delete([blob])
      throw error
    }
  }

  /** Nothing more is begun, and what runs breaks off, at no cost to its attempts. In every tab, until `resume`. */
  async pause(): Promise<void> {
    this.#pause.abort()
    await this.#runtime.pause(this.#job.definition.queue)
  }

  /** Goes on after `pause`, and after the server asked for other credentials. */
  async resume(): Promise<void> {
    this.gate.resume()
    await this.#runtime.resume(this.#job.definition.queue)
  }

  /** Takes the file off the list; what the server has of it is taken back where it can be. */
  async cancel(id: string): Promise<void> {
    await this.#runtime.cancel(id)
  }

  /** Deletes bytes that no job needs any more, left by crashes between two steps. Answers how many. */
  async sweep(): Promise<number> {
    const old = (await this.#blobs.keys()).filter(({ at }) => at < Date.now() - orphanAgeMs)
    if (old.length === 0) return 0
    const needed = await this.#needed()
    const orphans = old.flatMap(({ key }) => (needed.has(key) ? [] : [key]))
    if (orphans.length > 0) await this.#blobs.delete(orphans)
    return orphans.length
  }

  /** Lets go of listeners. Safe to call twice. */
  close(): void {
    for (const unlisten of this.#unlisten) unlisten()
    if (this.#ownGate) this.gate.close()
  }

  async #needed(): Promise<ReadonlySet<string>> {
    const needed = new Set<string>()
    for await (const job of this.#all())
      if (!over.has(job.state)) needed.add((job.payload as UploadPayload).blob)
    return needed
  }

  async *#all(): AsyncGenerator<JobView> {
    const { queue } = this.#job.definition
    for (let cursor: number | undefined; ;) {
      const page = await this.#runtime.jobs({ queue, limit: 1_000, ...(cursor !== undefined && { cursor }) })
      yield* page.jobs
      if (page.cursor === undefined) return
      cursor = page.cursor
    }
  }

  async #forget(news: JobView): Promise<void> {
    if (news.name !== this.#job.definition.name) return
    const job = await this.#runtime.job(news.id)
    if (job !== undefined && over.has(job.state))
      await this.#blobs.delete([(job.payload as UploadPayload).blob])
  }
}

/** Puts a kind of upload to work on a runtime; start it with `tab.work({ queues: { upload: 1 }, gate: uploads.gate })`. */
export function createUploads(options: UploadsOptions): Uploads {
  return new Uploads(options)
}

function isUncertain(error: unknown): boolean {
  return error instanceof MillraceError && error.outcome === 'unknown'
}
