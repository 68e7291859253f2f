/** What can go wrong, as stable names. */
export type ErrorCode =
  | 'BAD_ARGUMENT'
  | 'UNKNOWN_JOB'
  | 'JOB_NOT_FOUND'
  | 'PAYLOAD_INVALID'
  | 'PAYLOAD_UNREADABLE'
  | 'PAYLOAD_TOO_LARGE'
  | 'QUEUE_FULL'
  | 'UNIQUE_CONFLICT'
  | 'IDEMPOTENCY_CONFLICT'
  | 'LEASE_LOST'
  | 'ILLEGAL_MOVE'
  | 'JOB_DEAD'
  | 'JOB_CANCELLED'
  | 'JOB_EXPIRED'
  | 'RESULT_TIMEOUT'
  | 'DRAIN_TIMEOUT'
  | 'ATTEMPT_TIMEOUT'
  | 'ABORTED'
  | 'WORKER_CRASHED'
  | 'WORKER_NOT_STARTED'
  | 'FLOW_INVALID'
  | 'SCHEDULE_INVALID'
  | 'CLOSED'
  | 'STORE_UNUSABLE'
  | 'STORE_OWNED'
  | 'STORE_CORRUPT'
  | 'STORE_VERSION'
  | 'STORE_FULL'
  | 'STORE_FAILED'
  | 'NOT_SUPPORTED'

/** What to do about each code; the message of an error says it for the case at hand. */
export const errorCodes: Readonly<Record<ErrorCode, string>> = {
  /** An option, name, duration or other argument is out of bounds; the message names it and its bounds. */
  BAD_ARGUMENT: 'correct the argument the message names',
  /** A job of that name was defined or handled twice, or not at all, or a worker has no code for it. */
  UNKNOWN_JOB: 'define the job, or register its handler, before use',
  /** No job has this id, or it was pruned. */
  JOB_NOT_FOUND: 'check the id; ended jobs are kept only as long as retention says',
  /** The payload is not plain data: it has a function, a symbol, a cycle, or nests too deep. */
  PAYLOAD_INVALID: 'pass plain JSON data, or what the schema asks for',
  /** What was stored cannot be read: a codec's key is missing or another one, or the text was changed or moved. */
  PAYLOAD_UNREADABLE: 'give the codec the key the message names, or mend the text, then redrive the job',
  /** The payload is larger than the limit. */
  PAYLOAD_TOO_LARGE: 'store the bytes elsewhere and pass a reference',
  /** The queue holds as many jobs or bytes as it may. */
  QUEUE_FULL: 'try again after retryAfterMs, or raise maxJobs or maxBytes',
  /** Another job holds the unique key and the policy is to reject. */
  UNIQUE_CONFLICT: 'wait for the holder, or choose another onConflict',
  /** The idempotency key was used before with another payload. */
  IDEMPOTENCY_CONFLICT: 'use a new key for a new request',
  /** The worker no longer holds the lease; its write was dropped. */
  LEASE_LOST: 'stop the handler: another worker may have the job',
  /** The state the job is in does not allow this. */
  ILLEGAL_MOVE: 'look at the job first: its state is in the message',
  /** The job ended in the dead letters. */
  JOB_DEAD: 'look at its errors, mend the cause, redrive it',
  JOB_CANCELLED: 'the job was cancelled, so it has no result',
  JOB_EXPIRED: 'the job was not started before its deadline, or was shed',
  /** No result within the time the caller gave. */
  RESULT_TIMEOUT: 'wait longer, or ask again: the job goes on',
  /** Something unfinished was left when the time to drain or stop was over. */
  DRAIN_TIMEOUT: 'wait longer, or look at what the message counts',
  /** The attempt ran longer than the job's timeout. */
  ATTEMPT_TIMEOUT: 'raise the timeout, or make the handler heed its signal',
  /** The caller's signal aborted the call, and its reason had no code of its own. */
  ABORTED: 'nothing to mend: the caller asked for it',
  /** The worker died while it ran the handler: uncaught error, process.exit, out of memory, terminated. */
  WORKER_CRASHED: 'look at the cause: the handler takes its worker down',
  /** No worker of the pool starts: script missing, syntax error, no handshake in time. */
  WORKER_NOT_STARTED: "mend the worker's script, or what create answers; the message says what went wrong",
  /** The flow has a cycle, a step named twice, or a parent that is no step of it. */
  FLOW_INVALID: 'correct the step the message names',
  /** The cron expression, interval or time zone cannot be understood, or never fires. */
  SCHEDULE_INVALID: 'correct the expression the message names',
  /** The runtime, the store or the pool was closed. */
  CLOSED: 'create a new one',
  /** The store's directory is not usable: a file, read-only, a link, another user's. */
  STORE_UNUSABLE: 'choose or mend the directory the message names',
  /** Another live process owns the store. */
  STORE_OWNED: 'close the other process, or use another directory',
  /** Acknowledged data is damaged. */
  STORE_CORRUPT: 'run `millrace verify`, then `millrace salvage`, on the directory',
  /** The store was written by a newer version. */
  STORE_VERSION: 'update millrace; nothing was changed',
  /** No space is left; the change was certainly not stored. */
  STORE_FULL: 'free space; what is queued goes on draining',
  /** The device or the database failed; `outcome` says if the change may be stored. */
  STORE_FAILED: 'look at the cause, then open the store again; retry with the same job id',
  /** The store cannot do this by its nature, or there is no store behind the call. */
  NOT_SUPPORTED: 'choose a store that can',
}

export interface ErrorDetails {
  readonly cause?: unknown
  /** QUEUE_FULL: when there may be room again, from the measured drain rate. */
  readonly retryAfterMs?: number
  /** Was the change stored? `no`: certainly not. `unknown`: it may be, so retry with the same job id. */
  readonly outcome?: 'no' | 'unknown'
  readonly jobId?: string
}

/** The one error class: `code` is stable and documented, `message` says what happened and what comes next. */
export class MillraceError extends Error {
  override readonly name = 'MillraceError'
  readonly code: ErrorCode
  readonly retryAfterMs: number | undefined
  readonly outcome: 'no' | 'unknown' | undefined
  readonly jobId: string | undefined

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.retryAfterMs = details.retryAfterMs
    this.outcome = details.outcome
    this.jobId = details.jobId
  }
}

/** Checks what only a programming error can break. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`millrace is wrong about itself: ${message}`)
}
