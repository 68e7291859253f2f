import type { MillraceError } from '@millrace/core'
import { NonRetryable, RetryAfter, Snooze, type HandlerContext } from '@millrace/runtime'
import type { BlobPlace } from './blob-place.ts'
import type { OnlineGate } from './online-gate.ts'
import { putUpload } from './put-upload.ts'
import { RequestFailed } from './request-failed.ts'
import type { Transfer } from './transfer.ts'
import { tusUpload } from './tus-upload.ts'
import type { UploadPayload, UploadResult, UploadSettings } from './upload-job.ts'

/** What an attempt works with. */
export interface UploadParts {
  readonly settings: UploadSettings
  readonly blobs: BlobPlace
  readonly gate: OnlineGate
  /** Aborts when uploads are paused. */
  readonly paused: AbortSignal
}

// While the gate is shut nothing is claimed anyway; this is for workers it does not govern.
const leastPauseMs = 1_000

/** The handler: sends the file, tells the gate how it went, and makes of each way to fail what it means for the job. */
export async function performUpload(
  payload: UploadPayload,
  context: HandlerContext,
  parts: UploadParts,
): Promise<UploadResult> {
  const blob = await parts.blobs.get(payload.blob)
  if (blob === undefined)
    throw new NonRetryable(`the bytes of ${payload.name} are gone: site data was cleared; add the file again`)
  const tell = parts.gate.begin()
  const signal = AbortSignal.any([context.signal, parts.paused])
  try {
    const url = await send(await transferOf(payload, blob, context, parts, signal), context)
    tell({ kind: 'delivered' })
    return { url }
  } catch (error) {
    if (context.signal.aborted) throw context.signal.reason as MillraceError
    if (parts.paused.aborted) throw new Snooze(0, 'paused')
    if (!(error instanceof RequestFailed)) throw error
    await checkReadable(blob, payload.name)
    tell(error.verdict)
    throw consequence(error, context, parts.gate)
  }
}

async function transferOf(
  { name, metadata, size }: UploadPayload,
  blob: Blob,
  context: HandlerContext,
  { settings }: UploadParts,
  signal: AbortSignal,
): Promise<Transfer> {
  const progress = (bytes: number): void => context.progress(size === 0 ? 1 : Math.min(1, bytes / size))
  return {
    blob,
    name,
    metadata,
    id: context.id,
    settings,
    headers: await settings.headers(),
    signal,
    onBytes: progress,
    onPart: progress,
  }
}

function send(transfer: Transfer, context: HandlerContext): Promise<string> {
  return transfer.settings.protocol === 'put'
    ? putUpload(transfer)
    : tusUpload(transfer, (name, create) => context.once(name, create))
}

/** Bytes that cannot be read break a request off just as a network does; the job must not wait for a better one. */
async function checkReadable(blob: Blob, name: string): Promise<void> {
  try {
    await blob.slice(-1).arrayBuffer()
  } catch (error) {
    throw new Error(`the bytes of ${name} cannot be read`, { cause: error })
  }
}

function consequence(error: RequestFailed, context: HandlerContext, gate: OnlineGate): Error {
  const { verdict, message } = error
  switch (verdict.kind) {
    case 'refused':
      return new NonRetryable(message, { cause: error })
    case 'busy':
      return verdict.retryAfterMs === undefined
        ? error
        : new RetryAfter(verdict.retryAfterMs, message, { cause: error })
    case 'fault':
    case 'captive':
    case 'unauthorized':
    case 'delivered':
      context.log(`waits for the network (${gate.status}): ${message}`)
      return new Snooze(pauseOf(gate), message)
  }
}

function pauseOf(gate: OnlineGate): number {
  const { opensInMs } = gate
  return opensInMs === Infinity ? leastPauseMs : Math.max(leastPauseMs, Math.ceil(opensInMs))
}
