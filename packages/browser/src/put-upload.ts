import { noAnswer, RequestFailed } from './request-failed.ts'
import { StallWatch } from './stall-watch.ts'
import type { Transfer } from './transfer.ts'
import type { Answer } from './verdict.ts'

/** Brings a file to the server in one request, to a URL of the job's own: to do it again replaces it by the same. Answers the URL. */
export async function putUpload(transfer: Transfer): Promise<string> {
  const { settings, id } = transfer
  const url = new URL(encodeURIComponent(id), new URL(settings.endpoint.replace(/\/*$/, '/'), location.href))
    .href
  const broken = new AbortController()
  const stall = new StallWatch(settings.stallMs, () => broken.abort())
  const signal = AbortSignal.any([transfer.signal, broken.signal])
  try {
    const send = typeof XMLHttpRequest === 'undefined' ? sendByFetch : sendByXhr
    const answer = await send(url, transfer, signal, () => stall.moved())
    const failure = new RequestFailed('put', answer)
    if (failure.verdict.kind !== 'delivered') throw failure
    return url
  } catch (error) {
    if (transfer.signal.aborted || error instanceof RequestFailed) throw error
    const what = broken.signal.aborted ? `nothing moved for ${settings.stallMs} ms` : 'put'
    throw new RequestFailed(what, noAnswer, { cause: error })
  } finally {
    stall.close()
  }
}

type Send = (url: string, transfer: Transfer, signal: AbortSignal, moved: () => void) => Promise<Answer>

/** The only way to hear of bytes on their way. */
const sendByXhr: Send = (url, transfer, signal, moved) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('PUT', url)
    for (const [name, value] of Object.entries(headersOf(transfer))) request.setRequestHeader(name, value)
    request.upload.addEventListener('progress', ({ loaded }) => {
      moved()
      transfer.onBytes(loaded)
    })
    const header = (name: string): string | null => request.getResponseHeader(name)
    request.addEventListener('load', () =>
      resolve({
        status: request.status,
        contentType: header('Content-Type'),
        retryAfter: header('Retry-After'),
      }),
    )
    request.addEventListener('error', () => reject(new TypeError('the request broke off')))
    signal.addEventListener('abort', () => {
      request.abort()
      reject(signal.reason as Error)
    })
    if (signal.aborted) reject(signal.reason as Error)
    else request.send(transfer.blob)
  })

const sendByFetch: Send = async (url, transfer, signal) => {
  const { status, headers } = await fetch(url, {
    method: 'PUT',
    headers: headersOf(transfer),
    body: transfer.blob,
    signal,
  })
  return { status, contentType: headers.get('Content-Type'), retryAfter: headers.get('Retry-After') }
}

function headersOf({ headers, id }: Transfer): Readonly<Record<string, string>> {
  return { ...headers, 'Idempotency-Key': id }
}
