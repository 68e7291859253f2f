import { parentPort } from 'node:worker_threads'
import { expose, type Endpoint } from 'comlink'
import * as tasks from './tasks.ts'

expose(tasks, parentPort as unknown as Endpoint)
