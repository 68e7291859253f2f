import { exam, sit } from '@millrace/store-spec'
import { describe, expect, it } from 'vitest'
import { faults, spoiled, type Fault } from './faults.ts'

/** The cases of a group that fail on a store with this fault. */
async function noticedBy(fault: Fault, group: string): Promise<readonly string[]> {
  const cases = Object.entries(exam.find(({ name }) => name === group)?.cases ?? {})
  const verdicts = await Promise.all(
    cases.map(([name, body]) =>
      sit(() => spoiled(fault), body).then(
        () => undefined,
        () => name,
      ),
    ),
  )
  return verdicts.filter((name) => name !== undefined)
}

describe('the exam notices a store that', () => {
  it.each(faults)('$name', async (fault) => {
    expect(await noticedBy(fault, fault.group)).not.toEqual([])
  })

  it('makes none of these mistakes, by passing it', async () => {
    for (const { name } of exam) expect(await noticedBy({ name: 'none', group: name }, name)).toEqual([])
  })
})
