import { serveJobs, transfer } from '@millrace/pool'

/** What the exam makes a worker do: work, and die in every way there is. */

interface Context {
  readonly signal: AbortSignal
  readonly attempt: number
  readonly fencingToken: number
  progress(fraction: number): void
  log(line: string): void
  once<T>(name: string, fn: () => T | PromiseLike<T>): Promise<T>
  enqueue(): Promise<never>
}

const never = new Promise<never>(() => {})

function job<Payload>(
  name: string,
  handler: (payload: Payload, context: Context) => unknown,
): { definition: { name: string }; handler: (payload: never, context: never) => unknown } {
  return { definition: { name }, handler }
}

function spin(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end;);
}

/** Browsers call it close(); a thread of Node ends when it no longer listens. */
function closeWorker(): void {
  if ('close' in globalThis) (globalThis as unknown as { close(): void }).close()
  else process.getBuiltinModule('node:worker_threads').parentPort!.close()
}

function post(message: unknown): void {
  const parent = 'process' in globalThis ? process.getBuiltinModule('node:worker_threads').parentPort : null
  const port = parent ?? (globalThis as unknown as { postMessage(message: unknown): void })
  port.postMessage(message)
}

function untilAborted({ signal }: Context): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
}

class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code = 'NO_THANKS'
}

function hoard(megabytes: number): number {
  const buffers = Array.from({ length: megabytes }, () => new Uint8Array(1 << 20).fill(1))
  ;(globalThis as { hoard?: unknown }).hoard = buffers
  return megabytes
}

function nested(depth: number): unknown {
  let value: unknown = null
  for (let level = 0; level < depth; level++) value = [value]
  return value
}

const works = [
  job('nested', nested),
  job('hoard', hoard),
  job('echo', (payload) => payload),
  job('double', (payload: number) => payload * 2),
  job('spin', (ms: number) => spin(ms)),
  job('later', async (payload) => {
    await Promise.resolve()
    return payload
  }),
  job('throw', () => {
    throw new Refusal('not today', { cause: new RangeError('too much', { cause: 'the weather' }) })
  }),
  job('throwText', () => Promise.reject('just a text')),
  job('bytes', (buffer: ArrayBuffer) => buffer.byteLength),
  job('makeBytes', (length: number) => {
    const buffer = new ArrayBuffer(length)
    return transfer({ buffer }, [buffer])
  }),
  job('blobText', (blob: Blob) => blob.text()),
  job('startAndPend', (_, context) => {
    context.progress(0)
    return never
  }),
  job('startAndLoop', (_, context) => {
    context.progress(0)
    for (;;);
  }),
  job('untilAborted', (_, context) => untilAborted(context)),
  job('reportAbort', async (_, context) => {
    const reason = (await untilAborted(context).catch((error: unknown) => error)) as Error & { code?: string }
    return { message: reason.message, code: reason.code, isError: reason instanceof Error }
  }),
  job('tell', async (_, context) => {
    context.progress(0.25)
    context.log('on my way')
    context.progress(1)
    const both = [await context.once('a', () => ({})), await context.once('a', () => ({}))]
    const enqueued = await context.enqueue().catch((error: { code?: string }) => error.code)
    return {
      attempt: context.attempt,
      fencingToken: context.fencingToken,
      same: both[0] === both[1],
      enqueued,
    }
  }),
]

const deaths = [
  job('uncaught', () => {
    setTimeout(() => {
      throw new RangeError('nobody catches me')
    }, 0)
    return never
  }),
  job('unhandledRejection', () => {
    void Promise.reject(new TypeError('nobody awaits me'))
    return never
  }),
  job('exit', () => process.exit(7)),
  job('close', () => {
    closeWorker()
    return never
  }),
  job('loop', () => {
    for (;;);
  }),
  job('pend', () => never),
  job('outOfMemory', () => {
    const hoard: number[][] = []
    for (;;) hoard.push(Array.from({ length: 100_000 }, (_, index) => index))
  }),
  job('hoardAndPend', (megabytes: number) => {
    hoard(megabytes)
    return never
  }),
  job('uncloneable', () => () => 'a function'),
  job('post', (message: unknown) => {
    post(message)
    return never
  }),
]

/** Mostly quick and harmless, so that a pool learns to send it ahead; and sometimes not. */
const fickle = job('fickle', ({ how, value }: { how: string; value: number }) => {
  if (how === 'echo') return value
  const death = deaths.find(({ definition }) => definition.name === how)!
  return death.handler(undefined as never, undefined as never)
})

serveJobs([...works, ...deaths, fickle])
