import { serveJobs } from '@millrace/pool'
import * as tasks from './tasks.ts'

serveJobs(
  Object.entries(tasks).map(([name, handler]) => ({
    definition: { name },
    handler: handler as (payload: never) => unknown,
  })),
)
