/** Writes the public API of every package to test/api, for the author to look at in the diff. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readProject } from './architecture/project-file.ts'
import { publicApi } from './architecture/public-api.ts'

const root = join(import.meta.dirname, '..')
for (const [folder, text] of publicApi(readProject(root))) {
  writeFileSync(join(root, 'test/api', `${folder}.txt`), text)
}
