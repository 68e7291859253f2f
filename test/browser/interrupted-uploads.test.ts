import { expect, test } from 'vitest'
import { findChromium } from './chromium.ts'
import { Browser } from './devtools.ts'
import { addFiles, enter, expectArrival, midway, seen, uploadLab } from './upload-lab.ts'
import { until } from './until.ts'

const inChromium = test.skipIf(findChromium() === undefined)
const size = 400_000

inChromium('a reload in the middle of an upload goes on where the server is', async () => {
  const lab = await uploadLab()
  lab.server.mood = { kind: 'slow', ms: 40 }
  const sent = await addFiles(lab.page, 2, size)
  await midway(lab)
  await lab.page.reload()
  await enter(lab.page, lab.options)
  await expectArrival(lab, sent)
  expect((await seen(lab.page)).map(({ failures, crashes }) => [failures, crashes])).toEqual([
    [0, 0],
    [0, 0],
  ])
})

inChromium('a crash of the tab in the middle of an upload', async () => {
  const lab = await uploadLab()
  lab.server.mood = { kind: 'slow', ms: 40 }
  const sent = await addFiles(lab.page, 2, size)
  await midway(lab)
  await lab.page.crash()
  lab.page = await lab.browser.open(lab.server.origin)
  await enter(lab.page, lab.options)
  await expectArrival(lab, sent)
})

inChromium(
  'the browser killed in the middle of an upload, and started again on the same profile',
  async () => {
    const lab = await uploadLab()
    lab.server.mood = { kind: 'slow', ms: 40 }
    const sent = await addFiles(lab.page, 2, size)
    await midway(lab)
    await lab.browser.kill()
    lab.browser = await Browser.launch(lab.profile)
    lab.page = await lab.browser.open(lab.server.origin)
    await enter(lab.page, lab.options)
    await expectArrival(lab, sent)
  },
)

inChromium('pause breaks off what runs, and resume goes on with it', async () => {
  const lab = await uploadLab()
  lab.server.mood = { kind: 'slow', ms: 40 }
  const sent = await addFiles(lab.page, 2, size)
  await midway(lab)
  await lab.page.call(() => inPage.uploads.pause())
  await until('nothing runs', async () => (await seen(lab.page)).every(({ state }) => state !== 'processing'))
  await lab.page.call(() => inPage.uploads.resume())
  await expectArrival(lab, sent)
  expect((await seen(lab.page)).every(({ failures }) => failures === 0)).toBe(true)
})

inChromium('a cancelled upload ends, and its bytes are deleted', async () => {
  const lab = await uploadLab()
  lab.server.mood = { kind: 'slow', ms: 40 }
  const [sent] = await addFiles(lab.page, 1, size)
  await midway(lab)
  await lab.page.call((id) => inPage.uploads.cancel(id), sent!.id)
  await until('it is cancelled', async () =>
    (await seen(lab.page)).every(({ state }) => state === 'cancelled'),
  )
  await until(
    'its bytes are gone',
    async () => (await lab.page.call(async () => (await inPage.keys()).length)) === 0,
  )
})
