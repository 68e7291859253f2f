/** The millrace command: look inside a store and steer it. */
import { run } from './run.ts'

process.exitCode = await run(process.argv.slice(2))
