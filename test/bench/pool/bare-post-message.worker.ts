import { parentPort } from 'node:worker_threads'
import * as all from './tasks.ts'

const tasks: Readonly<Record<string, (payload: never) => unknown>> = { ...all }

parentPort!.on('message', ([id, task, payload]: [number, string, never]) => {
  parentPort!.postMessage([id, tasks[task]!(payload)])
})
