import { expect } from 'vitest'
import { Browser } from './devtools.ts'
import { besidesInChromium } from './in-chromium.ts'
import { addFiles, enter, seen, type Sent } from './upload-lab-page.ts'
import { expectArrival, midway, newProfile, uploadLab, type LabPlace, type UploadLab } from './upload-lab.ts'
import { until } from './until.ts'

const size = 400_000

/** A browser for each: of the pages of one, only one is visible, and the others tell of their progress once a second. */
function ownLab(where: LabPlace = {}): Promise<UploadLab> {
  return uploadLab({}, { profile: newProfile(), ...where })
}

besidesInChromium('a reload in the middle of an upload goes on where the server is', async () => {
  await using lab = await ownLab()
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

besidesInChromium('a crash of the tab in the middle of an upload', async () => {
  await using lab = await ownLab()
  lab.server.mood = { kind: 'slow', ms: 40 }
  const sent = await addFiles(lab.page, 2, size)
  await midway(lab)
  await lab.page.crash()
  lab.page = await lab.browser.open(lab.server.origin)
  await enter(lab.page, lab.options)
  await expectArrival(lab, sent)
})

besidesInChromium(
  'the browser killed in the middle of an upload, and started again on the same profile',
  async () => {
    const profile = newProfile()
    await using lab = await ownLab({ profile })
    lab.server.mood = { kind: 'slow', ms: 40 }
    const sent = await addFiles(lab.page, 2, size)
    await midway(lab)
    await lab.browser.kill()
    lab.browser = await Browser.launch(profile)
    lab.page = await lab.browser.open(lab.server.origin)
    await enter(lab.page, lab.options)
    await expectArrival(lab, sent)
  },
)

besidesInChromium('pause breaks off what runs, and resume goes on with it', async () => {
  await using lab = await ownLab()
  lab.server.mood = { kind: 'slow', ms: 40 }
  const sent = await addFiles(lab.page, 2, size)
  await midway(lab)
  await lab.page.call(() => inPage.uploads.pause())
  await until('nothing runs', async () => (await seen(lab.page)).every(({ state }) => state !== 'processing'))
  await lab.page.call(() => inPage.uploads.resume())
  await expectArrival(lab, sent)
  expect((await seen(lab.page)).every(({ failures }) => failures === 0)).toBe(true)
})

besidesInChromium('a cancelled upload ends, and its bytes are deleted', async () => {
  await using lab = await ownLab()
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

besidesInChromium(
  'without room a file is refused and nothing else is lost; with room again it arrives',
  async () => {
    await using lab = await ownLab({ quotaSize: 3_000_000 })
    await lab.page.setOffline(true)
    const sent: Sent[] = []
    const refusal = await until('the room is used up', async () => {
      try {
        sent.push(...(await addFiles(lab.page, 1, size, sent.length)))
        return false
      } catch (error) {
        return String(error)
      }
    })
    expect(refusal).toMatch(/space/)
    expect(sent.length).toBeGreaterThan(0)
    await lab.page.setOffline(false)
    await expectArrival(lab, sent)
    // Chromium frees the space of deleted blobs when it pleases; the user frees some elsewhere.
    await lab.page.send('Storage.overrideQuotaForOrigin', { origin: lab.server.origin })
    const late = await until('there is room', async () => {
      try {
        return await addFiles(lab.page, 1, size, sent.length)
      } catch {
        return false
      }
    })
    await expectArrival(lab, late)
  },
)

besidesInChromium(
  'site data cleared while files wait: each arrives, or is a dead letter that says why',
  async () => {
    await using lab = await ownLab()
    lab.server.mood = { kind: 'slow', ms: 40 }
    const sent = await addFiles(lab.page, 5, size)
    await midway(lab)
    await lab.page.send('Storage.clearDataForOrigin', {
      origin: lab.server.origin,
      storageTypes: 'indexeddb',
    })
    const jobs = await until('all have ended', async () => {
      const all = await seen(lab.page)
      return all.every(({ state }) => state === 'completed' || state === 'dead') && all
    })
    expect(jobs.map(({ id }) => id)).toEqual(sent.map(({ id }) => id))
    for (const { id, state, error } of jobs) {
      if (state === 'dead') expect(error).toContain('site data was cleared')
      else
        expect(lab.server.arrivals).toContainEqual(
          expect.objectContaining({ key: id, hash: sent.find((one) => one.id === id)!.hash }),
        )
    }
    expect(jobs.some(({ state }) => state === 'dead')).toBe(true)
  },
)

besidesInChromium(
  'a page that blocks an upgrade of the database holds up nobody for ever, and loses nothing',
  async () => {
    await using lab = await ownLab()
    lab.server.mood = { kind: 'slow', ms: 40 }
    const sent = await addFiles(lab.page, 2, size)
    await midway(lab)
    const blocker = await lab.browser.open(`${lab.server.origin}/empty`)
    await blocker.call(async () => {
      const names = (await indexedDB.databases()).map(({ name }) => name!)
      for (const name of names) {
        await new Promise((resolve) => (indexedDB.open(name).onsuccess = resolve))
        indexedDB.open(name, 1_000)
      }
    })
    const second = await lab.browser.open(lab.server.origin)
    await expect(enter(second, lab.options)).rejects.toThrow(/blocks|other tabs|close/i)
    await blocker.close()
    await expectArrival(lab, sent)
    await enter(second, lab.options)
  },
)
