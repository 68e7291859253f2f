import type * as Threads from 'node:worker_threads'
import type { PlatformWorker } from '@millrace/pool'
import type * as Bundler from '../browser/bundled-workers.ts'

/** Makes workers for the exam, in Node and in browsers. */
export interface WorkerMaker {
  readonly place: 'node' | 'browser'
  readonly exam: () => PlatformWorker
  /** As bundlers know it. */
  readonly byConvention: () => PlatformWorker
  /** Serves the jobs of jobs.ts. */
  readonly jobs: () => PlatformWorker
  readonly missing: () => PlatformWorker
  readonly broken: () => PlatformWorker
  readonly silent: () => PlatformWorker
  /** Its stack is small: it cannot read what others can write. Node only. */
  readonly shallow: () => PlatformWorker
}

const syntaxError = 'data:text/javascript,const = 1'

export const make: WorkerMaker = 'document' in globalThis ? browserMaker() : await nodeMaker()

async function nodeMaker(): Promise<WorkerMaker> {
  const { Worker: Thread } = process.getBuiltinModule('node:worker_threads') as typeof Threads
  const start = (script: string | URL, stackSizeMb = 4): PlatformWorker =>
    new Thread(new URL(script, import.meta.url), {
      execArgv: ['-C', '@millrace/source'],
      resourceLimits: { maxOldGenerationSizeMb: 32, stackSizeMb },
      stderr: true,
    })
  const exam = await scriptOf('./exam.worker.ts')
  const jobs = await scriptOf('./jobs.worker.ts')
  return {
    place: 'node',
    exam: () => start(exam),
    jobs: () => start(jobs),
    byConvention: () => start('./exam.worker.ts'),
    missing: () => start('./there-is-no-such.worker.ts'),
    broken: () => start(syntaxError),
    silent: () => start('./silent.worker.ts'),
    shallow: () => start(exam, 0.5),
  }
}

/** One file, as an application would ship it: a hundred files that are stripped of their types at each start take their time. */
async function scriptOf(path: string): Promise<string> {
  const bundler = new URL('../browser/bundled-workers.ts', import.meta.url).href
  const { bundle } = (await import(/* @vite-ignore */ bundler)) as typeof Bundler
  const code = await bundle(new URL(path, import.meta.url).pathname)
  return `data:text/javascript,${encodeURIComponent(code)}`
}

function browserMaker(): WorkerMaker {
  // An address the bundler does not look into.
  const missing = '/there-is-no-such-worker.js'
  return {
    place: 'browser',
    jobs: () => new Worker('/bundled/test/pool/jobs.worker.ts.js', { type: 'module' }),
    exam: () => new Worker('/bundled/test/pool/exam.worker.ts.js', { type: 'module' }),
    byConvention: () => new Worker(new URL('./exam.worker.ts', import.meta.url), { type: 'module' }),
    missing: () => new Worker(missing, { type: 'module' }),
    broken: () => new Worker(syntaxError, { type: 'module' }),
    silent: () => new Worker(new URL('./silent.worker.ts', import.meta.url), { type: 'module' }),
    shallow: () => {
      throw new Error('browsers have no such limit')
    },
  }
}
