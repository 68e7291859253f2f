import { states, type QueueCount } from 'millrace'
import { columns } from './columns.ts'
import { moment, storeCommand } from './store-command.ts'
import { durationText } from './time-text.ts'

export const stats = storeCommand({
  name: 'stats',
  usage: 'stats <directory>',
  summary: 'what every queue holds, by state, and how long the next job has waited',
  run: async (visit) => {
    const { queues } = await visit.run('countJobs', {}, moment())
    const used = states.filter((state) => queues.some((queue) => queue[state] > 0))
    const rows = queues.map((queue) => [
      queue.queue,
      ...used.map((state) => queue[state]),
      queue.enqueued > 0 ? durationText(queue.lag) : '-',
      remark(queue),
    ])
    const table = columns(['queue', ...used, 'waiting', ''], rows)
    return { text: queues.length === 0 ? 'no queues yet' : table, json: { queues } }
  },
})

function remark({ paused, saturated }: QueueCount): string {
  return [paused ? 'paused' : '', saturated ? 'full' : ''].filter(Boolean).join(', ')
}
