import { storeModel, type StoreModelOptions } from '@millrace/store-spec'
import { describe, expect, it } from 'vitest'
import { deep } from '../depth.ts'
import { faults, spoiled, type Fault } from './faults.ts'

/** Runs the test that `storeModel` declares; answers what it says when it fails. */
async function verdictOn(fault: Fault, given: Partial<StoreModelOptions> = {}): Promise<string> {
  let body = (): Promise<void> => Promise.reject(new Error('storeModel declared no test'))
  storeModel({
    name: fault.name,
    supports: { reopen: true, sharing: fault.group === 'sharing', storedBodies: false },
    place: () => spoiled(fault),
    test: { describe: (_, declare) => declare(), it: (_, test) => void (body = test) },
    runs: 400,
    replay: (seed, path) => `run ${seed} at ${path}`,
    ...given,
  })
  return body().then(
    () => 'passed',
    (error: unknown) => (error instanceof Error ? error.message : 'no error'),
  )
}

/** What random deeds of the model cannot see: payloads it never sends, calls it never makes. */
const blind = new Set([
  'says kept and stores the second job',
  'cuts long payloads',
  'reads a payload as JSON and writes it again',
  'lists from the start again',
  'keeps what a command did before it threw',
  'tells of what a command did before it threw',
  'never ends a subscription',
  'answers after it was closed',
  'cannot be closed twice',
  'starts its numbers anew when opened again',
])

/** Enough to see it work; `npm run test:deep` tries them all. */
const few = new Set([
  'gives no hints',
  'loses the leases when opened again',
  'promotes a millisecond late',
  'shares nothing',
])
const tried = faults.filter(({ name }) => (deep ? !blind.has(name) : few.has(name)))

describe('the model test notices a store that', () => {
  it.each(tried)('$name', { timeout: 60_000 }, async (fault) => {
    expect(await verdictOn(fault)).not.toBe('passed')
  })

  it('fails, and says in one line how to see it again', async () => {
    const fault = faults.find(({ name }) => name === 'gives no hints')!
    const verdict = await verdictOn(fault)
    const [, seed, path] = /^replay: run (-?\d+) at ([\d:]+)$/m.exec(verdict)!
    const again = await verdictOn(fault, { runs: 1, seed: Number(seed), path: path! })
    expect(again.split('\n')[0]).toBe(verdict.split('\n')[0])
  })

  it('makes none of these mistakes, by passing it', { timeout: 60_000 }, async () => {
    expect(await verdictOn({ name: 'none', group: 'sharing' }, { runs: 100 })).toBe('passed')
  })
})
