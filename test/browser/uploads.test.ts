import { expect } from 'vitest'
import { besidesInChromium } from './in-chromium.ts'
import { addFiles, seen } from './upload-lab-page.ts'
import { expectArrival, uploadLab } from './upload-lab.ts'
import { until } from './until.ts'

const size = 400_000

besidesInChromium('files arrive with the right bytes, under the ids of their jobs', async () => {
  await using lab = await uploadLab()
  const sent = await addFiles(lab.page, 3, size)
  await expectArrival(lab, sent)
  expect(new Set(lab.server.keys)).toEqual(new Set(sent.map(({ id }) => id)))
  expect(lab.server.arrivals).toHaveLength(3)
})

besidesInChromium('what is added while offline from the start arrives when the network is back', async () => {
  await using lab = await uploadLab()
  await lab.page.setOffline(true)
  const sent = await addFiles(lab.page, 2, size)
  await until(
    'the gate is shut',
    async () => (await lab.page.call(() => inPage.uploads.gate.status)) === 'offline',
  )
  await lab.page.setOffline(false)
  await expectArrival(lab, sent)
  expect((await seen(lab.page)).map(({ failures, crashes }) => [failures, crashes])).toEqual([
    [0, 0],
    [0, 0],
  ])
})

besidesInChromium(
  'what the server does not answer while it is down arrives when it is back, at no cost to the attempts',
  async () => {
    await using lab = await uploadLab()
    await lab.server.down()
    const sent = await addFiles(lab.page, 2, size)
    await until('a first attempt broke off', async () =>
      (await seen(lab.page)).some(({ log }) => log.length > 0),
    )
    await lab.server.up()
    await expectArrival(lab, sent)
    expect((await seen(lab.page)).map(({ failures, crashes }) => [failures, crashes])).toEqual([
      [0, 0],
      [0, 0],
    ])
  },
)

besidesInChromium('a server that accepts and stalls is left after a while, and tried again', async () => {
  await using lab = await uploadLab({ stall: '300ms' })
  lab.server.mood = { kind: 'stalls' }
  const sent = await addFiles(lab.page, 2, size)
  await until('a request was broken off', async () =>
    (await seen(lab.page)).some(({ log }) => /nothing moved/.test(log.join())),
  )
  lab.server.mood = { kind: 'well' }
  await expectArrival(lab, sent)
  expect((await seen(lab.page)).every(({ failures }) => failures === 0)).toBe(true)
})

besidesInChromium('connections that are reset', async () => {
  await using lab = await uploadLab()
  lab.server.mood = { kind: 'resets' }
  const sent = await addFiles(lab.page, 2, size)
  await until('the first was reset', async () => lab.server.refused > 0)
  lab.server.mood = { kind: 'well' }
  await expectArrival(lab, sent)
  expect((await seen(lab.page)).every(({ failures }) => failures === 0)).toBe(true)
})

for (const status of [500, 502])
  besidesInChromium(`a server that answers ${status} for a while`, async () => {
    await using lab = await uploadLab()
    lab.server.mood = { kind: 'answers', status }
    const sent = await addFiles(lab.page, 2, size)
    await until('it answered so', async () => lab.server.refused > 0)
    lab.server.mood = { kind: 'well' }
    await expectArrival(lab, sent)
    expect((await seen(lab.page)).some(({ failures }) => failures > 0)).toBe(true)
  })

besidesInChromium('a Retry-After is kept', async () => {
  await using lab = await uploadLab()
  lab.server.mood = { kind: 'answers', status: 429, headers: { 'Retry-After': '2' } }
  const sent = await addFiles(lab.page, 1, size)
  await until('it answered so', async () => lab.server.refused > 0)
  const from = performance.now()
  lab.server.mood = { kind: 'well' }
  await expectArrival(lab, sent)
  expect(performance.now() - from).toBeGreaterThan(1_900)
})

besidesInChromium('a portal that answers 200 and a page is not the server', async () => {
  await using lab = await uploadLab()
  lab.server.mood = { kind: 'captive' }
  const sent = await addFiles(lab.page, 2, size)
  await until(
    'the portal is noticed',
    async () => (await lab.page.call(() => inPage.uploads.gate.status)) === 'captive',
  )
  expect(lab.server.arrivals).toEqual([])
  lab.server.mood = { kind: 'well' }
  await expectArrival(lab, sent)
  expect((await seen(lab.page)).every(({ failures }) => failures === 0)).toBe(true)
})

besidesInChromium('401 parks all until resume, and costs no attempt', async () => {
  await using lab = await uploadLab({ token: 'old' })
  lab.server.token = 'new'
  const sent = await addFiles(lab.page, 2, size)
  await until(
    'it is parked',
    async () => (await lab.page.call(() => inPage.uploads.gate.status)) === 'authNeeded',
  )
  await lab.page.call(() => {
    ;(globalThis as unknown as { Lab: { token: string } }).Lab.token = 'new'
    return inPage.uploads.resume()
  })
  await expectArrival(lab, sent)
  expect((await seen(lab.page)).every(({ failures }) => failures === 0)).toBe(true)
})

besidesInChromium(
  'what the server refuses for good is a dead letter that says so, and arrives when it is redriven',
  async () => {
    await using lab = await uploadLab()
    lab.server.mood = { kind: 'answers', status: 413 }
    const sent = await addFiles(lab.page, 1, size)
    const dead = await until('it is dead', async () =>
      (await seen(lab.page)).find(({ state }) => state === 'dead'),
    )
    expect(dead).toMatchObject({
      reason: 'nonRetryable',
      error: expect.stringContaining('the server answered 413'),
    })
    lab.server.mood = { kind: 'well' }
    await lab.page.call(() => inPage.runtime.deadLetters.redrive({}))
    await expectArrival(lab, sent)
  },
)

besidesInChromium('put sends a file whole', async () => {
  await using lab = await uploadLab({ protocol: 'put', endpoint: '/put' })
  const sent = await addFiles(lab.page, 2, size)
  await expectArrival(lab, sent)
})

besidesInChromium('an empty file arrives', async () => {
  await using lab = await uploadLab()
  await expectArrival(lab, await addFiles(lab.page, 1, 0))
})

besidesInChromium('the tus client that could not be had with the page is asked for again', async () => {
  await using lab = await uploadLab({}, { withheld: /assets\/(?!upload-page)/ })
  const sent = await addFiles(lab.page, 1, size)
  await until('it was missed', async () =>
    (await seen(lab.page)).some(({ log }) => /tus client was not loaded/.test(log.join())),
  )
  lab.server.withheld = undefined
  await expectArrival(lab, sent)
})
