import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { visitStore, type Visit } from 'millrace/file'
import { Misspelt, type Command } from './command.ts'
import { plainJob } from './plain-job.ts'
import { moment } from './store-command.ts'

const jobsPerPage = 1_000

/** `millrace export <directory>`: a line of JSON for each job, page by page, so that the store may be larger than memory. */
export const exportJobs: Command = {
  name: 'export',
  usage: 'export <directory>',
  summary: 'every job with its payload and result, as one line of JSON each',
  run: async (argv) => {
    const [directory] = parseArgs({ args: [...argv], allowPositionals: true }).positionals
    if (directory === undefined) throw new Misspelt('export needs the directory of a store')
    const visit = await visitStore(directory)
    try {
      await pipeline(lines(visit), process.stdout, { end: false })
      return 0
    } finally {
      await visit.close()
    }
  },
}

async function* lines(visit: Visit): AsyncGenerator<string> {
  for (let after = -1; ;) {
    const { jobs } = await visit.run('listJobs', { after, limit: jobsPerPage }, moment())
    for (const job of jobs) yield `${JSON.stringify(plainJob(job))}\n`
    if (jobs.length < jobsPerPage) return
    after = jobs.at(-1)!.seq
  }
}
