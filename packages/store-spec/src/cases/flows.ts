import type { Extras, NewJob, Parent } from '@millrace/core'
import { ids } from '../bench.ts'
import type { CaseGroup } from '../case-group.ts'
import { same } from '../check.ts'
import { plainRetry, sampleJob } from '../samples.ts'

export const flowCases: CaseGroup = {
  name: 'flows and sagas',
  cases: {
    'a job waits for all its parents': async (bench) => {
      await bench.accept(sampleJob('a'), sampleJob('b'), after('c', 'a', 'b'))
      same(await bench.state('c'), 'blocked', 'the child')
      await bench.complete(await bench.claimOne())
      same(await bench.state('c'), 'blocked', 'the child after one parent')
      await bench.complete(await bench.claimOne())
      same(ids(await bench.claim()), ['c'], 'the claim after both parents')
    },

    'a parent that ended before does not hold its child up': async (bench) => {
      await bench.acceptIds('a')
      await bench.complete(await bench.claimOne())
      await bench.accept(after('b', 'a'))
      same(ids(await bench.claim()), ['b'], 'the claim')
    },

    'a parent that dies does to its children what their edges say': async (bench) => {
      await bench.accept(
        sampleJob('a'),
        after('fails', 'a'),
        sampleJob('goes', { extras: { parents: [{ id: 'a', onFailure: 'continue' }] } }),
        sampleJob('skips', { extras: { parents: [{ id: 'a', onFailure: 'skip' }] } }),
        after('grandchild', 'fails'),
      )
      await bench.kill(await bench.claimOne())
      same(
        await Promise.all(['fails', 'goes', 'skips', 'grandchild'].map((id) => bench.state(id))),
        ['dead', 'enqueued', 'cancelled', 'dead'],
        'the states',
      )
      same((await bench.job('grandchild')).extras.reason, 'dependencyFailed', 'the reason')
    },

    'a chain of a thousand jobs falls with its first': async (bench) => {
      const chain = Array.from({ length: 1_000 }, (_, index) =>
        index === 0 ? sampleJob('job-0') : after(`job-${index}`, `job-${index - 1}`),
      )
      await bench.accept(...chain)
      await bench.kill(await bench.claimOne())
      same((await bench.count()).dead, 1_000, 'the dead')
    },

    'a parent that is redriven leaves a running child alone': async (bench) => {
      const parents = [{ id: 'a', onFailure: 'continue' }] as const
      await bench.accept(sampleJob('a'), sampleJob('b', { extras: { parents } }))
      await bench.kill(await bench.claimOne())
      const child = await bench.claimOne()
      await bench.run('redrive', { limit: 1 })
      await bench.complete(await bench.claimOne())
      same(await bench.state('b'), 'processing', 'the child')
      same(await bench.complete(child), ['settled'], 'the end of the child')
    },

    'a redriven child does not wait for a parent that ended meanwhile': async (bench) => {
      await bench.accept(sampleJob('a'), sampleJob('b'), after('c', 'a', 'b'))
      const [a, b] = await bench.claim()
      await bench.kill(a!)
      await bench.complete(b!)
      await bench.run('redrive', { ids: ['c'], limit: 1 })
      same(ids(await bench.claim()), ['c'], 'the claim')
    },

    'a saga that fails is undone step by step, the latest first': async (bench) => {
      await bench.accept(step('flight'), step('hotel', 'flight'), step('car', 'hotel'), step('dinner', 'car'))
      for (const name of ['flight', 'hotel']) {
        const job = await bench.claimOne()
        same(job.id, name, 'the step')
        bench.now += 1
        await bench.complete(job, `"${name} booked"`)
      }
      await bench.kill(await bench.claimOne())
      same(await bench.state('dinner'), 'dead', 'the step after the failed one')
      const undone: string[] = []
      for (let turn = 0; turn < 3; turn++) {
        const [job, ...others] = await bench.claim()
        same(others, [], 'more than one compensation at a time')
        undone.push(job!.extras.flow?.compensates ?? job!.id)
        bench.now += 1
        await bench.complete(job!)
      }
      same(undone, ['car', 'hotel', 'flight'], 'the steps undone')
      same(await bench.claim(), [], 'anything left')
    },

    'a compensation that fails is tried again, and goes on after a redrive': async (bench) => {
      await bench.accept(step('flight'), step('hotel', 'flight'))
      await bench.complete(await bench.claimOne())
      await bench.kill(await bench.claimOne())
      await bench.fail(await bench.claimOne())
      bench.now += 60_000
      await bench.kill(await bench.claimOne())
      same((await bench.job('hotel/compensate')).extras.reason, 'compensationFailed', 'the reason')
      same(await bench.claim(), [], 'a claim while the saga stands still')
      await bench.run('redrive', { ids: ['hotel/compensate'], limit: 1 })
      await bench.complete(await bench.claimOne())
      same((await bench.claimOne()).extras.flow?.compensates, 'flight', 'the next step undone')
    },

    'a compensation that is cancelled can be taken up again': async (bench) => {
      await bench.accept(step('flight'), step('hotel', 'flight'))
      await bench.complete(await bench.claimOne())
      await bench.kill(await bench.claimOne())
      await bench.run('cancel', { ids: ['hotel/compensate'], reason: 'test' })
      same(await bench.state('hotel/compensate'), 'dead', 'the cancelled compensation')
      await bench.run('redrive', { ids: ['hotel/compensate'], limit: 1 })
      await bench.complete(await bench.claimOne())
      same((await bench.claimOne()).extras.flow?.compensates, 'flight', 'the next step undone')
    },
  },
}

function after(id: string, ...parents: readonly string[]): NewJob {
  return sampleJob(id, { extras: { parents: waitsFor(parents) } })
}

function step(id: string, ...parents: readonly string[]): NewJob {
  const compensate = { queue: 'default', name: `undo-${id}`, version: 1, retry: plainRetry, timeoutMs: 0 }
  const extras: Extras = { flow: { id: 'trip', step: id, compensate }, parents: waitsFor(parents) }
  return sampleJob(id, { extras })
}

function waitsFor(parents: readonly string[]): readonly Parent[] {
  return parents.map((id) => ({ id, onFailure: 'fail' }))
}
