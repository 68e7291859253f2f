import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { payloadOf, produce } from './producers.ts'

/**
 * The physical limit: a file laid out beforehand to which records of the same bytes are appended, those of one flush together,
 * and nothing else: no states, no checksums, no recovery. A job is one record when it is enqueued, one when it is done.
 */
export async function run(
  jobs: string,
  producers: string,
  bytesPerJob: string,
): Promise<{ jobs: number; seconds: number }> {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  const half = Math.round(Number(bytesPerJob) / 2)
  const log = new BareLog(join(directory, 'log'), (Number(jobs) + 2_000) * half * 2, Number(producers) === 1)
  try {
    const work = async (count: number): Promise<void> => {
      const done: Promise<void>[] = []
      await produce(count, Number(producers), async (index) => {
        await log.append(JSON.stringify(payloadOf(index)), half)
        done.push(log.append('', half))
      })
      await Promise.all(done)
    }
    await work(Math.min(2_000, Number(jobs)))
    const start = performance.now()
    await work(Number(jobs))
    return { jobs: Number(jobs), seconds: (performance.now() - start) / 1000 }
  } finally {
    log.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Group commit: what was appended during the last flush goes with the next. */
class BareLog {
  readonly #file: number
  readonly #isLone: boolean
  readonly #buffer = Buffer.alloc(8 << 20)
  #used = 0
  #position = 0
  #waiting: (() => void)[] = []
  #isFlushing = false

  constructor(path: string, bytes: number, isLone: boolean) {
    this.#file = openSync(path, 'wx')
    this.#isLone = isLone
    const zeros = Buffer.alloc(1 << 20)
    for (let at = 0; at < bytes; at += zeros.length) writeSync(this.#file, zeros, 0, zeros.length, at)
    fsyncSync(this.#file)
  }

  append(text: string, bytes: number): Promise<void> {
    this.#buffer.write(text, this.#used, 'latin1')
    this.#used += bytes
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      if (this.#isFlushing) return
      this.#isFlushing = true
      queueMicrotask(() => this.#flush())
    })
  }

  close(): void {
    closeSync(this.#file)
  }

  #flush(): void {
    const done = this.#waiting
    this.#waiting = []
    writeSync(this.#file, this.#buffer, 0, this.#used, this.#position)
    this.#position += this.#used
    this.#used = 0
    // A lone caller waits anyway: a synchronous flush saves it the way through the thread pool.
    if (this.#isLone) {
      fdatasyncSync(this.#file)
      this.#flushed(done)
    } else fdatasync(this.#file, () => this.#flushed(done))
  }

  #flushed(done: readonly (() => void)[]): void {
    for (const resolve of done) resolve()
    this.#isFlushing = this.#waiting.length > 0
    if (this.#isFlushing) queueMicrotask(() => this.#flush())
  }
}
