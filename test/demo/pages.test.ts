import { afterAll, beforeAll, describe } from 'vitest'
import { executablePath, openSite, type Site } from './site.ts'
import { uploadLab } from './upload-lab.ts'

/** One build, one server and one browser for all that is to be seen of the site. */
describe.skipIf(executablePath === undefined)('the demo in Chromium', () => {
  let site: Site
  beforeAll(async () => {
    site = await openSite()
  })
  afterAll(() => site?.close())
  uploadLab(() => site)
})
