import { ids, type Bench } from '../bench.ts'
import type { CaseGroup } from '../case-group.ts'
import { holds, rejects, same } from '../check.ts'
import { plainRetry, sampleJob } from '../samples.ts'

export const enqueueCases: CaseGroup = {
  name: 'enqueue',
  cases: {
    'keeps everything a job was given': async (bench) => {
      const extras = {
        trace: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
        correlationId: 'order/7',
        causationId: 'job/6',
        deadline: bench.now + 60_000,
        attachments: ['blob-1', 'blob-2'],
        onDead: { queue: 'hooks', name: 'tell', version: 2, retry: plainRetry, timeoutMs: 5 },
      }
      const given = sampleJob('a', { version: 3, priority: -7, timeoutMs: 1_500, extras })
      await bench.accept(given)
      const { runAt: _, ...kept } = given
      const expected = {
        ...kept,
        seq: (await bench.job('a')).seq,
        state: 'enqueued',
        rank: bench.now + 7 * 60_000,
        runAt: bench.now,
        createdAt: bench.now,
        since: bench.now,
        attempt: 0,
        epoch: 0,
        failures: 0,
        crashes: 0,
        snoozes: 0,
        refunds: 0,
        generation: 0,
        owner: '',
        leaseUntil: 0,
      }
      same(await bench.job('a'), expected, 'the job')
    },

    'numbers jobs in the order of acceptance': async (bench) => {
      const calls = ['c', 'a', 'd', 'b'].map((id) => bench.accept(sampleJob(`${id}1`), sampleJob(`${id}2`)))
      await Promise.all(calls)
      const jobs = await bench.list()
      same(ids(jobs), ['c1', 'c2', 'a1', 'a2', 'd1', 'd2', 'b1', 'b2'], 'the order')
      const seqs = jobs.map(({ seq }) => seq)
      holds(
        seqs.every((seq, index) => index === 0 || seq > seqs[index - 1]!),
        `seq does not rise: ${seqs.join(', ')}`,
      )
    },

    'lets the next command, called at once, see the job': async (bench) => {
      const accepted = bench.acceptIds('a')
      const claimed = bench.claim()
      await accepted
      same(ids(await claimed), ['a'], 'the claim')
    },

    'stores the same id once, whoever repeats it': async (bench) => {
      await bench.acceptIds('a')
      const [again, twice] = await Promise.all([
        bench.enqueue(sampleJob('a', { payload: '"other"' })),
        bench.enqueue(sampleJob('b'), sampleJob('b')),
      ])
      same(again.results, [{ outcome: 'kept', id: 'a' }], 'the repeated call')
      same(
        twice.results.map(({ outcome }) => outcome),
        ['enqueued', 'kept'],
        'the repeated job of a batch',
      )
      same((await bench.job('a')).payload, '{"of":"a"}', 'the payload')
      same(ids(await bench.list()), ['a', 'b'], 'the jobs')
    },

    'keeps to the first job of an id after that has ended': async (bench) => {
      await bench.acceptIds('a')
      await bench.complete(await bench.claimOne())
      same((await bench.enqueue(sampleJob('a'))).results, [{ outcome: 'kept', id: 'a' }], 'the repeated call')
      same(await bench.state('a'), 'completed', 'the state')
    },

    'schedules what is to run later, and takes a time that has passed for now': async (bench) => {
      await bench.accept(
        sampleJob('later', { runAt: bench.now + 1 }),
        sampleJob('past', { runAt: bench.now - 1 }),
        sampleJob('now', { runAt: bench.now }),
      )
      same(await bench.state('later'), 'scheduled', 'a job of the future')
      same((await bench.job('later')).runAt, bench.now + 1, 'its run time')
      same(await bench.state('past'), 'enqueued', 'a job of the past')
      same((await bench.job('past')).runAt, bench.now, 'its run time')
      same(await bench.state('now'), 'enqueued', 'a job of now')
    },

    'accepts an empty batch': async (bench) => {
      same((await bench.enqueue()).results, [], 'the results')
    },

    'accepts a thousand jobs at once': async (bench) => {
      const names = Array.from({ length: 1_000 }, (_, index) => `job-${index}`)
      await bench.acceptIds(...names)
      same((await bench.count()).enqueued, 1_000, 'the count')
      same(ids(await bench.claim({ limit: 1_000 })), names, 'the claim')
    },

    'stores a batch in parts when it may': async (bench) => {
      await bench.configure('default', { maxJobs: 2 })
      const { results } = await bench.enqueue(sampleJob('a'), sampleJob('b'), sampleJob('c'))
      same(
        results.map(({ outcome }) => outcome),
        ['enqueued', 'enqueued', 'refused'],
        'the outcomes',
      )
    },

    'stores an atomic batch wholly or not at all': async (bench) => {
      await bench.configure('default', { maxJobs: 2 })
      const enqueue = (...names: readonly string[]) =>
        bench.run('enqueue', { jobs: names.map((id) => sampleJob(id)), atomic: true })
      const error = await rejects(enqueue('a', 'b', 'c'), 'QUEUE_FULL', 'three jobs for two places')
      same(error.outcome, 'no', 'the outcome of the refusal')
      same(error.jobId, 'c', 'the refused job')
      same(ids(await bench.list()), [], 'the jobs after the refusal')
      await enqueue('a', 'b')
      same(ids(await bench.list()), ['a', 'b'], 'the jobs')
    },

    'refuses a job that comes after one that is not there': async (bench) => {
      const child = sampleJob('child', { extras: { parents: [{ id: 'nobody', onFailure: 'fail' }] } })
      const result = (await bench.enqueue(child)).results[0]
      same(result?.outcome === 'refused' && result.code, 'JOB_NOT_FOUND', 'the refusal')
      same(await bench.state('child'), 'gone', 'the child')
    },

    'takes children only from an attempt that holds its lease': async (bench) => {
      await bench.acceptIds('a')
      const { id, epoch } = await bench.claimOne()
      await enqueueBy(bench, 'child', { id, epoch })
      await bench.complete(await bench.job('a'))
      await rejects(enqueueBy(bench, 'late', { id, epoch }), 'LEASE_LOST', 'a child of an ended attempt')
      await rejects(
        enqueueBy(bench, 'odd', { id: 'child', epoch: 7 }),
        'LEASE_LOST',
        'a child of an attempt that never was',
      )
      same(ids(await bench.list()), ['a', 'child'], 'the jobs')
    },
  },
}

function enqueueBy(bench: Bench, id: string, by: { id: string; epoch: number }): Promise<unknown> {
  return bench.run('enqueue', { jobs: [sampleJob(id)], atomic: false, by })
}
