import { MillraceError, type Millis } from '@millrace/core'
import {
  backoff,
  defineJob,
  parseDuration,
  type Duration,
  type JobDefinition,
  type RetryOptions,
} from '@millrace/runtime'

/** The job of one file; its bytes are elsewhere, under `blob`. */
export interface UploadPayload {
  readonly blob: string
  readonly name: string
  readonly type: string
  readonly size: number
  /** Told to the server, as `Upload-Metadata` of tus. */
  readonly metadata: Readonly<Record<string, string>>
}

export interface UploadResult {
  /** Where the server keeps it. */
  readonly url: string
}

export interface UploadJobOptions {
  /** Where files go: the creation URL of a tus server, or for `put` the folder to whose URL the job's id is added. */
  readonly endpoint: string
  /** `tus` sends parts and goes on where it was; `put` sends the whole file in one request. */
  readonly protocol: 'tus' | 'put'
  /** Sent with each request; a function is asked anew each time, for credentials that change. */
  readonly headers?:
    | Readonly<Record<string, string>>
    | (() => Readonly<Record<string, string>> | PromiseLike<Readonly<Record<string, string>>>)
  /** Bytes of one part of tus, at least 1,024; 5 MiB, if not given. A part that breaks off is sent again from where the server has it. */
  readonly chunkSize?: number
  /** `unmetered` waits for a connection that costs nothing per byte. `any`, if not given. */
  readonly network?: 'any' | 'unmetered'
  /** How long nothing may move before a request is broken off and tried again; 30 s, if not given. */
  readonly stall?: Duration
  /** `upload`, if not given; the queue has the same name. */
  readonly name?: string
  /** 10 failures (server errors; network faults count for nothing) and 10 crashes, if not given. */
  readonly retry?: RetryOptions
}

/** A kind of upload. */
export interface UploadJob {
  readonly definition: JobDefinition<UploadPayload, UploadResult>
  readonly settings: UploadSettings
}

export interface UploadSettings {
  readonly endpoint: string
  readonly protocol: 'tus' | 'put'
  readonly headers: () => Promise<Readonly<Record<string, string>>>
  readonly chunkSize: number
  readonly network: 'any' | 'unmetered'
  readonly stallMs: Millis
}

const smallestChunk = 1_024

// A tab that is closed without a word counts as a crash, and people close tabs while a large file goes out.
const patient: RetryOptions = {
  maxFailures: 10,
  maxCrashes: 10,
  backoff: backoff.exponential('1s', { factor: 2, max: '5m' }),
}

/** Defines an upload; `createUploads` puts it to work. Each attempt carries `Idempotency-Key: <id of the job>`. */
export function uploadJob(options: UploadJobOptions): UploadJob {
  const {
    endpoint,
    protocol,
    headers = {},
    chunkSize = 5 * 2 ** 20,
    network = 'any',
    stall = 30_000,
  } = options
  check(typeof endpoint === 'string' && endpoint !== '', 'endpoint must be the URL files go to')
  check(protocol === 'tus' || protocol === 'put', "protocol must be 'tus' or 'put'")
  check(network === 'any' || network === 'unmetered', "network must be 'any' or 'unmetered'")
  check(chunkSize >= smallestChunk, `chunkSize must be ${smallestChunk} bytes at least`)
  const { name = 'upload', retry = patient } = options
  return {
    definition: defineJob<UploadPayload, UploadResult>(name, { queue: name, retry }),
    settings: {
      endpoint,
      protocol,
      headers: async () => (typeof headers === 'function' ? await headers() : headers),
      chunkSize,
      network,
      stallMs: parseDuration(stall, 'stall', 1),
    },
  }
}

function check(isRight: boolean, message: string): void {
  if (!isRight) throw new MillraceError('BAD_ARGUMENT', `uploadJob: ${message}`)
}
