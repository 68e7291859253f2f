import type { MillraceError } from '@millrace/core'
import { sampleJob } from '@millrace/store-spec'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { openRaw, setup, type Setup } from './place.ts'
import { clearSiteData, overrideQuota } from './protocol.ts'

describe('a browser that grants no more space', () => {
  it('refuses new work, which is certainly not stored', async () => {
    const { bench } = await fullSetup()
    const { refusal, last } = await fillUp(bench)
    expect(refusal).toMatchObject({ code: 'STORE_FULL', outcome: 'no' })
    expect(await bench.state(last)).toBe('gone')
  })

  it('still lets what is queued drain, all of it', async () => {
    const { bench } = await fullSetup()
    const { accepted } = await fillUp(bench)
    for (let done = 0; done < accepted; done++)
      expect(await bench.complete(await bench.claimOne())).toEqual(['settled'])
    expect(await bench.claim()).toEqual([])
    await bench.reopen()
    expect((await bench.count()).completed).toBe(accepted)
  })

  it('is asked again after a while, and keeps space back as before', async () => {
    const { name, bench } = await fullSetup()
    await fillUp(bench)
    await bench.complete(await bench.claimOne())
    const raw = await openRaw(name)
    expect(await raw.getKey('meta', 'reserve')).toBeUndefined()
    await overrideQuota()
    await expect(bench.acceptIds('too early')).rejects.toMatchObject({ code: 'STORE_FULL' })
    passSeconds(31)
    await bench.acceptIds('in time')
    expect(await raw.getKey('meta', 'reserve')).toBe('reserve')
  })

  it('refuses blobs', async () => {
    const { bench, openTab } = await fullSetup()
    await fillUp(bench)
    const { blobs } = await openTab()
    await expect(blobs.put('a', new Blob(['x'.repeat(3e6)]))).rejects.toMatchObject({
      code: 'STORE_FULL',
      outcome: 'no',
    })
    expect(await blobs.keys()).toEqual([])
  })
})

/** The browser looks at the quota when it opens the first database. */
async function fullSetup(): Promise<Setup> {
  await clearSiteData()
  const { usage = 0 } = await navigator.storage.estimate()
  await overrideQuota(usage + 1_000_000)
  onTestFinished(() => overrideQuota())
  return setup('strict')
}

/** Enqueues until there is no more room. */
async function fillUp(
  bench: Setup['bench'],
): Promise<{ accepted: number; last: string; refusal: MillraceError }> {
  for (let accepted = 0; ; accepted++) {
    const payload = JSON.stringify(Array.from({ length: 900 }, () => Math.random().toString(36)))
    const last = `job-${accepted}`
    const refusal = await bench.accept(sampleJob(last, { payload })).catch((error: unknown) => error)
    if (refusal !== undefined) return { accepted, last, refusal: refusal as MillraceError }
  }
}

function passSeconds(seconds: number): void {
  const now = performance.now.bind(performance)
  const spy = vi.spyOn(performance, 'now').mockImplementation(() => now() + seconds * 1_000)
  onTestFinished(() => spy.mockRestore())
}
