import type { CaseGroup } from '../case-group.ts'
import { same } from '../check.ts'
import { sampleJob } from '../samples.ts'

export const renewCases: CaseGroup = {
  name: 'renew and reap',
  cases: {
    'a renewed lease lasts from now': async (bench) => {
      await bench.acceptIds('a')
      const { id, epoch } = await bench.claimOne({ leaseMs: 1_000 })
      bench.now += 900
      same(
        await bench.run('renew', { leaseMs: 1_000, held: [{ id, epoch }] }),
        { lost: [], cancels: [] },
        'the reply',
      )
      same((await bench.job('a')).leaseUntil, bench.now + 1_000, 'the lease')
      bench.now += 1_000
      same((await bench.reap()).reaped, 0, 'reaped at the end of the lease')
      bench.now += 1
      same((await bench.reap()).reaped, 1, 'reaped after the end of the lease')
    },

    'a renewal tells which leases are lost and which jobs are to stop': async (bench) => {
      await bench.acceptIds('a', 'b', 'c')
      const [a, b, c] = (await bench.claim()).map(({ id, epoch }) => ({ id, epoch }))
      await bench.settle({ ...a!, outcome: 'complete' })
      await bench.run('cancel', { ids: ['b'], reason: 'not needed' })
      const reply = await bench.run('renew', { leaseMs: 1_000, held: [a!, b!, c!] })
      same(reply, { lost: [a], cancels: [{ id: 'b', reason: 'not needed' }] }, 'the reply')
    },

    'a job whose worker went silent is tried again, and the attempt is a crash': async (bench) => {
      await bench.acceptIds('a')
      await bench.claimOne({ owner: 'silent', leaseMs: 1_000 })
      bench.now += 1_001
      same(await bench.reap(), { reaped: 1, expired: 0 }, 'the reply')
      const { state, crashes, failures, owner, leaseUntil, runAt } = await bench.job('a')
      same(
        { state, crashes, failures, owner, leaseUntil, runAt },
        { state: 'retrying', crashes: 1, failures: 0, owner: '', leaseUntil: 0, runAt: bench.now + 1_000 },
        'the job',
      )
    },

    'the jobs of workers known to be gone are taken back at once, and no others': async (bench) => {
      await bench.acceptIds('a', 'b', 'c')
      await bench.claim({ owner: 'gone', limit: 2 })
      await bench.claim({ owner: 'here' })
      same((await bench.reap(['gone', 'unheard'])).reaped, 2, 'reaped')
      same(
        [await bench.state('a'), await bench.state('b'), await bench.state('c')],
        ['retrying', 'retrying', 'processing'],
        'the states',
      )
    },

    'at most the limit is reaped in one turn, the oldest leases first': async (bench) => {
      await bench.acceptIds('a', 'b', 'c')
      await bench.claim({ limit: 1, leaseMs: 3_000 })
      await bench.claim({ limit: 1, leaseMs: 1_000 })
      await bench.claim({ limit: 1, leaseMs: 2_000 })
      bench.now += 5_000
      same((await bench.run('reap', { limit: 2 })).reaped, 2, 'reaped')
      same(
        [await bench.state('a'), await bench.state('b'), await bench.state('c')],
        ['processing', 'retrying', 'retrying'],
        'the states',
      )
    },

    'a job that waits past its deadline expires': async (bench) => {
      const extras = { deadline: bench.now + 10 }
      await bench.accept(
        sampleJob('waiting', { extras }),
        sampleJob('scheduled', { extras, runAt: bench.now + 50 }),
      )
      bench.now += 9
      same((await bench.reap()).expired, 0, 'expired before the deadline')
      bench.now += 1
      same((await bench.reap()).expired, 2, 'expired at the deadline')
      same(
        [await bench.state('waiting'), await bench.state('scheduled')],
        ['expired', 'expired'],
        'the states',
      )
    },

    'a job that has started no longer minds its deadline': async (bench) => {
      await bench.accept(sampleJob('a', { extras: { deadline: bench.now + 10 } }))
      await bench.fail(await bench.claimOne())
      bench.now += 5_000
      same((await bench.reap()).expired, 0, 'expired')
      same((await bench.claimOne()).id, 'a', 'the retry')
    },
  },
}
