import { join } from 'node:path'
import { expect } from 'vitest'
import { bundle } from './bundled-workers.ts'
import { inChromium } from './in-chromium.ts'
import { addFiles, enter, seen, type Sent } from './upload-lab-page.ts'
import { uploadLab, type UploadLab } from './upload-lab.ts'
import { until } from './until.ts'

const size = 200_000

/** A page that enqueued while the server was away, and was closed. */
async function leftBehind(): Promise<{
  readonly lab: UploadLab
  readonly sent: readonly Sent[]
  readonly registrationId: string
}> {
  const lab = await uploadLab()
  const { page, server } = lab
  server.serve(
    '/sw.js',
    'text/javascript',
    await bundle(join(import.meta.dirname, 'pages/upload-service-worker.ts')),
  )
  await page.send('ServiceWorker.enable')
  const registered = new Promise<string>((resolve) =>
    lab.browser.on<{ registrations: { registrationId: string }[] }>(
      'ServiceWorker.workerRegistrationUpdated',
      ({ registrations }) => registrations.forEach((one) => resolve(one.registrationId)),
    ),
  )
  await page.call(() => inPage.handOver('/sw.js'))
  await page.setOffline(true)
  const sent = await addFiles(page, 2, size)
  const registrationId = await registered
  await lab.browser.open('about:blank')
  return { lab, sent, registrationId }
}

function sync(
  { lab, registrationId }: { lab: UploadLab; registrationId: string },
  helper: UploadLab['page'],
  lastChance: boolean,
): Promise<unknown> {
  return helper.send('ServiceWorker.dispatchSyncEvent', {
    origin: lab.server.origin,
    registrationId,
    tag: 'millrace:lab',
    lastChance,
  })
}

inChromium('pending uploads finish in the service worker, with every page closed', async () => {
  const { sent, registrationId, ...left } = await leftBehind()
  await using lab = left.lab
  const helper = await lab.browser.open('about:blank')
  await helper.send('ServiceWorker.enable')
  await lab.page.close()
  await sync({ lab, registrationId }, helper, false)
  await until('they arrived', async () => lab.server.arrivals.length === sent.length)
  expect(
    lab.server.arrivals.map(({ key, hash }) => ({ key, hash })).sort((a, b) => a.key.localeCompare(b.key)),
  ).toEqual(sent.map(({ id, hash }) => ({ key: id, hash })).sort((a, b) => a.key.localeCompare(b.key)))
})

inChromium('after the last chance nothing is dropped: the next page goes on', async () => {
  const { sent, registrationId, ...left } = await leftBehind()
  await using lab = left.lab
  const helper = await lab.browser.open('about:blank')
  await helper.send('ServiceWorker.enable')
  await lab.page.close()
  lab.server.mood = { kind: 'resets' }
  await sync({ lab, registrationId }, helper, true)
  await until('the service worker tried', async () => lab.server.refused > 0)
  lab.page = await lab.browser.open(lab.server.origin)
  await enter(lab.page, lab.options)
  expect((await seen(lab.page)).map(({ id }) => id)).toEqual(sent.map(({ id }) => id))
  lab.server.mood = { kind: 'well' }
  await until('they arrived', async () => (await seen(lab.page)).every(({ state }) => state === 'completed'))
})
