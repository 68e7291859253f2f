import type { JobEvent } from '@millrace/core'
import type { Bench } from '../bench.ts'
import type { CaseGroup } from '../case-group.ts'
import { holds, same } from '../check.ts'
import { sampleJob } from '../samples.ts'

export const eventCases: CaseGroup = {
  name: 'events and hints',
  cases: {
    'tell what happened, in its order': async (bench) => {
      const told = listen(bench)
      await bench.acceptIds('a')
      const job = await bench.claimOne()
      await bench.run('note', { id: job.id, epoch: job.epoch, progress: 0.5 })
      await bench.fail(job)
      bench.now += 1_000
      await bench.complete(await bench.claimOne())
      await bench.run('pause', { queue: 'default', paused: true })
      await bench.count()
      same(
        told.map(nameOf),
        [
          'enqueued a',
          'started a',
          'progress a',
          'failed a',
          'retrying a',
          'started a',
          'completed a',
          'paused default',
        ],
        'the events',
      )
    },

    'tell of everything that is dropped or merged': async (bench) => {
      await bench.configure('default', { maxJobs: 2, overflow: 'shedOldest' })
      const unique = { key: 'k', while: 'unfinished', onConflict: 'keep' } as const
      const told = listen(bench)
      await bench.accept(sampleJob('a'), sampleJob('b', { extras: { unique } }))
      await bench.enqueue(sampleJob('c', { extras: { unique } }))
      await bench.acceptIds('d')
      await bench.kill(await bench.claimOne())
      await bench.run('discard', { limit: 10 })
      await bench.count()
      const names = told.map(nameOf)
      for (const name of ['merged b', 'shed a', 'expired a', 'dead b', 'pruned b'])
        holds(names.includes(name), `nothing was told of "${name}": ${names.join(', ')}`)
    },

    'are told when what they tell of is there': async (bench) => {
      const seen: Promise<string>[] = []
      bench.store.subscribe({
        events: (events) => {
          for (const event of events)
            if ('job' in event) seen.push(bench.state(event.job.id).then((state) => `${event.type} ${state}`))
        },
      })
      await bench.acceptIds('a')
      await bench.count()
      same(await Promise.all(seen), ['enqueued enqueued'], 'what a listener finds')
    },

    'end with the subscription': async (bench) => {
      const told: JobEvent[] = []
      const end = bench.store.subscribe({ events: (events) => void told.push(...events) })
      await bench.acceptIds('a')
      await bench.count()
      end()
      end()
      await bench.acceptIds('b')
      await bench.count()
      same(told.map(nameOf), ['enqueued a'], 'the events')
    },

    'go to every subscriber': async (bench) => {
      const [first, second] = [listen(bench), listen(bench)]
      await bench.acceptIds('a')
      await bench.count()
      same([first.map(nameOf), second.map(nameOf)], [['enqueued a'], ['enqueued a']], 'the events')
    },

    'a hint tells which queue has work, before the caller knows': async (bench) => {
      const hints = hintsOf(bench)
      const accepted = bench.accept(sampleJob('a', { queue: 'photos' })).then(() => hints.length)
      holds((await accepted) > 0, 'no hint came before the reply')
      same([...hints[0]!.queues], ['photos'], 'the queues')
    },

    'a claim made at a hint finds the work, and both become durable': async (bench) => {
      const claims: ReturnType<Bench['claim']>[] = []
      bench.store.subscribe({ wake: () => void claims.push(bench.claim()) })
      await bench.acceptIds('a')
      holds(claims.length > 0, 'no hint came')
      const jobs = (await Promise.all(claims)).flat()
      same(
        jobs.map(({ id, state }) => [id, state]),
        [['a', 'processing']],
        'the claims',
      )
    },

    'a hint tells when something will be due': async (bench) => {
      const hints = hintsOf(bench)
      await bench.accept(sampleJob('later', { runAt: bench.now + 50 }))
      same(hints.at(-1)?.at, bench.now + 50, 'the time of the hint')
    },

    'a hint tells when a schedule will fire': async (bench) => {
      const hints = hintsOf(bench)
      const rest = { missed: 'latest', overlap: 'queue', lastJob: '', paused: false } as const
      const spec = { everyMs: 1_000, anchor: 0 }
      const schedule = { id: 's', spec, template: sampleJob('t'), nextAt: bench.now + 70, ...rest }
      await bench.run('putSchedule', { schedule })
      same(hints.at(-1)?.at, bench.now + 70, 'the time of the hint')
      same((await bench.claimReply()).nextAt, bench.now + 70, 'the time of the next look')
    },

    'whatever makes a job claimable gives a hint': async (bench) => {
      await bench.configure('default', { concurrency: 2, keyConcurrency: 1 })
      const keyed = (id: string) => sampleJob(id, { extras: { key: 'k' } })
      await bench.accept(keyed('a'), keyed('b'), keyed('c'), sampleJob('d'), sampleJob('e'))
      const [a, d] = await bench.claim()
      const hints = hintsOf(bench)
      const hinted = async (what: string, deed: () => Promise<unknown>): Promise<void> => {
        const before = hints.length
        await deed()
        const told = hints.slice(before).some(({ queues }) => queues.has('default'))
        holds(told, `no hint when ${what}`)
      }
      await hinted('a completion frees a key and a slot', () => bench.complete(a!))
      await hinted('a release frees a slot', () =>
        bench.settle({ id: d!.id, epoch: d!.epoch, outcome: 'release' }),
      )
      await hinted('a cancellation frees a key', () => bench.run('cancel', { ids: ['b'], reason: 'test' }))
      await bench.run('pause', { queue: 'default', paused: true })
      await hinted('a queue goes on', () => bench.run('pause', { queue: 'default', paused: false }))
      const [first] = await bench.claim({ owner: 'gone' })
      await hinted('a reap frees a slot', () => bench.reap(['gone']))
      bench.now += 60_000
      const again = (await bench.claim()).find(({ id }) => id === first!.id)
      await bench.kill(again!)
      await hinted('a redrive', () => bench.run('redrive', { limit: 1 }))
    },
  },
}

interface Hint {
  readonly queues: ReadonlySet<string>
  readonly at: number
}

function listen(bench: Bench): readonly JobEvent[] {
  const told: JobEvent[] = []
  bench.store.subscribe({ events: (events) => void told.push(...events) })
  return told
}

/** Copies, since a store may use its set again. */
function hintsOf(bench: Bench): readonly Hint[] {
  const hints: Hint[] = []
  bench.store.subscribe({ wake: (queues, at) => void hints.push({ queues: new Set(queues), at }) })
  return hints
}

function nameOf(event: JobEvent): string {
  return `${event.type} ${'job' in event ? event.job.id : event.queue}`
}
