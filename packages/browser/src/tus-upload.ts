import type { DetailedError, HttpResponse, Upload, UploadOptions } from 'tus-js-client'
import { FetchStack } from './fetch-stack.ts'
import { loadTusClient } from './load-tus-client.ts'
import { noAnswer, RequestFailed } from './request-failed.ts'
import { StallWatch } from './stall-watch.ts'
import type { Transfer } from './transfer.ts'
import type { Answer } from './verdict.ts'

/** How the URL the server gave for a file is kept: `context.once`. */
export type KeepUrl = (name: string, create: () => Promise<string>) => Promise<string>

// An upload that the server forgot is begun anew; a server that forgets so many is broken.
const mostBeginnings = 10

/** Brings a file to a tus server, from where the server has it. Answers its URL. */
export async function tusUpload(transfer: Transfer, keepUrl: KeepUrl): Promise<string> {
  const { Upload } = await loadTusClient()
  for (let beginning = 1; ; beginning++) {
    let run: TusRun | undefined
    const url = await keepUrl(`url.${beginning}`, () => (run = new TusRun(Upload, transfer)).created())
    run ??= new TusRun(Upload, transfer, url)
    try {
      await run.done()
      return url
    } catch (error) {
      if (!isForgotten(error) || beginning === mostBeginnings) throw error
    }
  }
}

function isForgotten(error: unknown): boolean {
  return error instanceof RequestFailed && (error.status === 404 || error.status === 410)
}

/** One run of the client: it begins where the server is, sends part after part, and never tries again by itself. */
class TusRun {
  readonly #upload: Upload
  readonly #stall: StallWatch
  readonly #created: Promise<string>
  readonly #done: Promise<void>

  constructor(client: typeof Upload, transfer: Transfer, url?: string) {
    let isCreated!: (url: string) => void
    let isDone!: () => void
    let fail!: (error: Error) => void
    this.#done = new Promise((resolve, reject) => {
      isDone = resolve
      fail = reject
    })
    this.#created = Promise.race([
      new Promise<string>((resolve) => (isCreated = resolve)),
      this.#done.then(() => this.#upload.url!),
    ])
    this.#stall = new StallWatch(transfer.settings.stallMs, () => {
      void this.#upload.abort()
      fail(new RequestFailed(`nothing moved for ${transfer.settings.stallMs} ms`, noAnswer))
    })
    this.#upload = new client(transfer.blob, {
      ...optionsOf(transfer, this.#stall, url),
      onUploadUrlAvailable: () => isCreated(this.#upload.url!),
      onSuccess: () => isDone(),
      onError: (error) => fail(failureOf(error)),
      ...(typeof XMLHttpRequest === 'undefined' && { httpStack: new FetchStack() }),
    })
    const stop = (): void => {
      // The server need not keep what nobody wants any more; if it cannot be told, it will forget by itself.
      void this.#upload.abort(isCancelled(transfer.signal)).catch(() => {})
      fail(transfer.signal.reason as Error)
    }
    transfer.signal.addEventListener('abort', stop)
    const end = (): void => {
      this.#stall.close()
      transfer.signal.removeEventListener('abort', stop)
    }
    this.#done.then(end, end)
    this.#created.catch(() => {})
    if (transfer.signal.aborted) stop()
    else this.#upload.start()
  }

  /** The URL of a new upload; its bytes are on their way already. */
  created(): Promise<string> {
    return this.#created
  }

  done(): Promise<void> {
    return this.#done
  }
}

function optionsOf(transfer: Transfer, stall: StallWatch, url: string | undefined): UploadOptions {
  const { settings, headers, id, metadata } = transfer
  return {
    // Without an endpoint the client does not begin anew by itself when the server has forgotten a URL.
    endpoint: url === undefined ? settings.endpoint : null,
    uploadUrl: url ?? null,
    chunkSize: settings.chunkSize,
    headers: { ...headers, 'Idempotency-Key': id },
    metadata: { ...metadata },
    retryDelays: null,
    storeFingerprintForResuming: false,
    onProgress: (bytes) => {
      stall.moved()
      transfer.onBytes(bytes)
    },
    onChunkComplete: (_size, bytes) => {
      stall.moved()
      transfer.onPart(bytes)
    },
  }
}

function isCancelled({ reason }: AbortSignal): boolean {
  return (reason as { code?: unknown } | undefined)?.code === 'JOB_CANCELLED'
}

function failureOf(error: Error | DetailedError): Error {
  if (!('originalResponse' in error)) return error
  const response = error.originalResponse as HttpResponse | null
  const what = error.message.split(/, (?:caused by|originated from)/)[0]!
  return new RequestFailed(what, response === null ? noAnswer : answerOf(response), {
    cause: error.causingError,
  })
}

/** Whoever speaks tus says so in every answer but some errors of servers in front of it. */
function answerOf(response: HttpResponse): Answer {
  const status = response.getStatus()
  const header = (name: string): string | null => response.getHeader(name) ?? null
  const isTus = header('Tus-Resumable') !== null
  return {
    status,
    contentType: header('Content-Type'),
    retryAfter: header('Retry-After'),
    ...(status < 400 && { isGenuine: isTus }),
  }
}
