import { Misspelt } from './command.ts'
import { limitFlag, moment, mostAtOnce, storeCommand, textFlag } from './store-command.ts'

export const redrive = storeCommand({
  name: 'redrive',
  usage:
    'redrive <directory> [<id>...] [--queue q] [--name n] [--fingerprint f] [--limit n] [--rate n] [--dry-run]',
  summary: 'send dead letters round again, all that fit or the ids; --rate bounds how many a second',
  flags: {
    queue: { type: 'string' },
    name: { type: 'string' },
    fingerprint: { type: 'string' },
    limit: { type: 'string' },
    rate: { type: 'string' },
    'dry-run': { type: 'boolean' },
  },
  run: async (visit, { rest, values }) => {
    const [queue, name, fingerprint] = [
      textFlag(values, 'queue'),
      textFlag(values, 'name'),
      textFlag(values, 'fingerprint'),
    ]
    const ratePerSecond = rateFlag(textFlag(values, 'rate'))
    const dryRun = values['dry-run'] === true
    const reply = await visit.run(
      'redrive',
      {
        ...(rest.length > 0 && { ids: rest }),
        ...(queue !== undefined && { queue }),
        ...(name !== undefined && { name }),
        ...(fingerprint !== undefined && { fingerprint }),
        ...(ratePerSecond !== undefined && { ratePerSecond }),
        limit: limitFlag(values, mostAtOnce),
        dryRun,
      },
      moment(),
    )
    const { redriven, conflicts } = reply
    const lines = [`${redriven.length} dead letters ${dryRun ? 'would be' : 'were'} sent round again`]
    if (conflicts.length > 0)
      lines.push(`${conflicts.length} stay: another job holds their unique key, or their saga was undone`)
    const missed = rest.filter((id) => !redriven.includes(id) && !conflicts.includes(id))
    for (const id of missed) lines.push(`${id} is no dead letter`)
    return { text: lines.join('\n'), json: reply, exitCode: missed.length > 0 ? 1 : 0 }
  },
})

function rateFlag(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const rate = Number(text)
  if (rate >= 0.001 && rate <= 1_000_000) return rate
  throw new Misspelt('--rate is jobs a second, from 0.001 to 1000000')
}
