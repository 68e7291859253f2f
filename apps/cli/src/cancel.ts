import type { CancelOutcome } from 'millrace'
import { Misspelt } from './command.ts'
import { moment, storeCommand, textFlag } from './store-command.ts'

const words: Readonly<Record<CancelOutcome, string>> = {
  cancelled: 'is cancelled',
  requested: 'runs; its handler is asked to stop',
  ended: 'had ended before',
  notFound: 'is not there: it never was, or was pruned',
}

export const cancel = storeCommand({
  name: 'cancel',
  usage: 'cancel <directory> <id>... [--reason text]',
  summary: 'end waiting jobs, and ask running ones to stop',
  flags: { reason: { type: 'string' } },
  run: async (visit, { rest: ids, values }) => {
    if (ids.length === 0) throw new Misspelt('cancel needs the ids of jobs')
    const reason = textFlag(values, 'reason') ?? 'cancelled by the user'
    const { outcomes } = await visit.run('cancel', { ids, reason }, moment())
    const told = ids.map((id, index) => ({ id, outcome: outcomes[index]! }))
    const isDone = outcomes.every((outcome) => outcome === 'cancelled' || outcome === 'requested')
    return {
      text: told.map(({ id, outcome }) => `${id} ${words[outcome]}`).join('\n'),
      json: { jobs: told },
      exitCode: isDone ? 0 : 1,
    }
  },
})
