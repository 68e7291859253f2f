import type { Deed, Script } from '../frame.ts'
import type { HandBench } from '../hand-bench.ts'
import { stateOf, unless, wait } from './conditions.ts'

type Who = 'A' | 'B'
const fromOf = { A: 'Berlin', B: 'Porto' } as const

function holds(bench: HandBench, who: Who): string | undefined {
  if (!bench.held.has(who)) return `worker ${who} has no job`
  return unless(!isAsleep(bench, who), `worker ${who} is asleep`)
}

function isAsleep(bench: HandBench, who: Who): boolean {
  return bench.memory.has(`asleep ${who}`)
}

function times(bench: HandBench, name: string): number {
  return bench.memory.get(name) ?? 0
}

function count(bench: HandBench, name: string): void {
  bench.memory.set(name, times(bench, name) + 1)
}

/** The bank knows nothing of queues. It can be given a key, and then does one charge per key. */
function charge(bench: HandBench, who: Who): string {
  if (bench.options.guard !== 'none' && times(bench, 'charged') > 0) {
    bench.effects.push({
      kind: 'refused',
      text: `${who} asks for 20 €: the bank knows this key, nothing moves`,
    })
    return `The bank has seen this idempotency key. It answers "done" and charges nothing.`
  }
  count(bench, 'charged')
  bench.effects.push({ kind: 'done', text: `${who} charges 20 €` })
  return times(bench, 'charged') === 1 ? 'The card is charged.' : 'The card is charged again.'
}

/** The order's record is overwritten by whoever comes last, unless it remembers the highest token it has seen. */
function write(bench: HandBench, who: Who): string {
  const token = bench.held.get(who)!.epoch
  const highest = times(bench, 'highest')
  if (bench.options.guard === 'fence' && token < highest) {
    bench.effects.push({
      kind: 'refused',
      text: `${who} writes with token ${token}: refused, ${highest} was here`,
    })
    return `The record has seen token ${highest}. It refuses token ${token}.`
  }
  const isStale = token < highest
  bench.memory.set('highest', Math.max(token, highest))
  if (isStale) count(bench, 'stale')
  bench.effects.push({ kind: 'done', text: `${who} writes: ships from ${fromOf[who]} (token ${token})` })
  return isStale
    ? `The record says ${fromOf[who]} now, and the parcel left from ${fromOf[who === 'A' ? 'B' : 'A']}.`
    : `The record says: ships from ${fromOf[who]}.`
}

function claims(who: Who): Deed {
  return {
    id: `claim${who}`,
    label: `${who} claims the job`,
    hindrance: (bench) =>
      bench.held.has(who)
        ? `worker ${who} is busy`
        : unless(stateOf(bench, 'payment') === 'enqueued' && !isAsleep(bench, who), 'the job is not ready'),
    async perform(bench) {
      const job = (await bench.claim(who))!
      return `Worker ${who} has the lease, with fencing token ${job.epoch}.`
    },
  }
}

function acts(who: Who, id: string, label: string, act: (bench: HandBench, who: Who) => string): Deed {
  return {
    id: `${id}${who}`,
    label: `${who} ${label}`,
    hindrance: (bench) =>
      holds(bench, who) ??
      unless(!bench.memory.has(`${id} ${who} ${epochOf(bench, who)}`), 'it has done that'),
    perform(bench) {
      bench.memory.set(`${id} ${who} ${epochOf(bench, who)}`, 1)
      return Promise.resolve(act(bench, who))
    },
  }
}

function epochOf(bench: HandBench, who: Who): number {
  return bench.held.get(who)?.epoch ?? 0
}

function reports(who: Who): Deed {
  return {
    id: `report${who}`,
    label: `${who} reports: done`,
    hindrance: (bench) => holds(bench, who),
    async perform(bench) {
      const outcome = await bench.report(who, 'complete')
      return outcome === 'settled'
        ? 'The queue knows that the job is done.'
        : 'Too late: another worker had the job. The queue changes nothing.'
    },
  }
}

const troubles: readonly Deed[] = [
  {
    id: 'crash',
    label: 'A crashes',
    hindrance: (bench) => holds(bench, 'A'),
    perform(bench) {
      bench.silent.add('A')
      bench.held.delete('A')
      return Promise.resolve('Worker A is gone. The queue does not know it yet: the lease still runs.')
    },
  },
  {
    id: 'sleep',
    label: 'A falls asleep',
    hindrance: (bench) => holds(bench, 'A'),
    perform(bench) {
      bench.silent.add('A')
      bench.memory.set('asleep A', 1)
      return Promise.resolve('A long pause. Worker A does not know that time passes.')
    },
  },
  {
    id: 'wake',
    label: 'A wakes up',
    hindrance: (bench) => unless(isAsleep(bench, 'A'), 'worker A is awake'),
    perform(bench) {
      bench.memory.delete('asleep A')
      return Promise.resolve('Worker A goes on where it was, and still believes that the job is its own.')
    },
  },
]

/** One payment, two workers, and a bank that cannot be undone. */
export const delivery: Script = {
  async begin(bench) {
    await bench.enqueue('payment')
  },
  deeds: [
    claims('A'),
    acts('A', 'charge', 'charges the card', charge),
    acts('A', 'write', 'writes the record', write),
    reports('A'),
    ...troubles,
    wait,
    claims('B'),
    acts('B', 'charge', 'charges the card', charge),
    acts('B', 'write', 'writes the record', write),
    reports('B'),
  ],
  figures: (bench) => ({
    charges: times(bench, 'charged'),
    stale: times(bench, 'stale'),
    attempts: bench.job('payment')?.attempt ?? 0,
    token: bench.job('payment')?.epoch ?? 0,
  }),
}
