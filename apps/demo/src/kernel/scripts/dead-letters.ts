import type { Job } from '@millrace/core'
import type { Deed, Script } from '../frame.ts'
import type { Ending, HandBench } from '../hand-bench.ts'
import { unless, wait } from './conditions.ts'

const worker = 'worker'
const troubles = {
  silence: 'the mail server does not answer',
  address: 'there is no such address',
} as const
type Trouble = keyof typeof troubles

const troubleOf: Readonly<Record<string, Trouble>> = {
  ada: 'silence',
  bob: 'silence',
  cleo: 'silence',
  dora: 'address',
  emil: 'address',
}

function isMended(bench: HandBench): boolean {
  return bench.memory.has('mended')
}

/** What becomes of a mail when it is sent now: a wrong address stays wrong, however often it is tried. */
function endingOf(bench: HandBench, { name }: Job): Ending {
  if (troubleOf[name] === 'address') return 'failForGood'
  return isMended(bench) ? 'complete' : 'fail'
}

async function workOff(bench: HandBench): Promise<number> {
  for (let done = 0; ; done++) {
    const job = await bench.claim(worker)
    if (job === undefined) return done
    await bench.report(worker, endingOf(bench, job), troubles[troubleOf[job.name]!])
  }
}

function dead(bench: HandBench, trouble: Trouble): readonly Job[] {
  return bench.jobs.filter(({ name, state }) => state === 'dead' && troubleOf[name] === trouble)
}

function redrives(id: string, label: string, who: (bench: HandBench) => readonly Job[]): Deed {
  return {
    id,
    label,
    hindrance: (bench) => unless(who(bench).length > 0, 'no such dead letter'),
    async perform(bench) {
      // By the fingerprint, as a whole group: one alone goes by its id.
      const [first, ...others] = who(bench)
      const which = others.length > 0 ? { fingerprint: first!.extras.fingerprint! } : { ids: [first!.id] }
      const { redriven } = await bench.run('redrive', { ...which, limit: 100 })
      return `Sent round again: ${redriven.join(', ')}. Fresh counters, the same history.`
    },
  }
}

/** Five mails that died of two causes. */
export const deadLetters: Script = {
  async begin(bench) {
    for (const name of Object.keys(troubleOf)) await bench.enqueue(name)
    while ((await workOff(bench)) > 0) if (bench.nextAt !== undefined) await bench.wait()
  },
  deeds: [
    {
      id: 'mend',
      label: 'Mend the mail server',
      hindrance: (bench) => unless(!isMended(bench), 'it is well'),
      perform(bench) {
        bench.memory.set('mended', 1)
        return Promise.resolve('The mail server answers again. The dead letters do not know it.')
      },
    },
    redrives('one', 'Redrive ada alone', (bench) => dead(bench, 'silence').filter(({ id }) => id === 'ada')),
    redrives('group', 'Redrive all that found no server', (bench) => dead(bench, 'silence')),
    redrives('hopeless', 'Redrive those without an address', (bench) => dead(bench, 'address')),
    {
      id: 'discard',
      label: 'Throw those without an address away',
      hindrance: (bench) => unless(dead(bench, 'address').length > 0, 'there is none'),
      async perform(bench) {
        const { fingerprint } = dead(bench, 'address')[0]!.extras
        const { discarded } = await bench.run('discard', { fingerprint: fingerprint!, limit: 100 })
        return `Thrown away for good: ${discarded.join(', ')}.`
      },
    },
    {
      id: 'work',
      label: 'It sends all that is ready',
      hindrance: (bench) =>
        unless(
          bench.jobs.some(({ state }) => state === 'enqueued'),
          'nothing is ready',
        ),
      perform: async (bench) => `${await workOff(bench)} tried.`,
    },
    wait,
  ],
  figures: (bench) => ({
    silence: dead(bench, 'silence').length,
    address: dead(bench, 'address').length,
    sent: bench.jobs.filter(({ state }) => state === 'completed').length,
  }),
}
