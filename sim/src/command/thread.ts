import { parentPort } from 'node:worker_threads'
import { runOnce } from '../report/outcome.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { ThreadReply } from './threads.ts'

const port = parentPort!
const tell = (reply: ThreadReply): void => port.postMessage(reply)

port.on('message', (scenario: Scenario) => {
  try {
    tell({ outcome: runOnce(scenario, { onProgress: (progress) => tell({ progress }) }) })
  } catch (error) {
    tell({ error })
  }
})
