import { Misspelt, type Command } from './command.ts'
import { moment, storeCommand } from './store-command.ts'

export const pause = onQueue('pause', true, 'claim nothing more from a queue; what runs goes on')
export const resume = onQueue('resume', false, 'claim from a paused queue again')

function onQueue(name: string, paused: boolean, summary: string): Command {
  return storeCommand({
    name,
    usage: `${name} <directory> <queue>`,
    summary,
    run: async (visit, { rest: [queue] }) => {
      if (queue === undefined) throw new Misspelt(`${name} needs the name of a queue`)
      const { queues } = await visit.run('countJobs', {}, moment())
      if (!queues.some((one) => one.queue === queue))
        return { text: `no queue ${queue}: millrace stats shows them`, json: null, exitCode: 1 }
      await visit.run('pause', { queue, paused }, moment())
      return { text: `${queue} is ${paused ? 'paused' : 'open'}`, json: { queue, paused } }
    },
  })
}
