/**
 * `npm run test:photos-kill -- --rounds 30 [--seed 1]`: each round processes the same photos into a new folder, is
 * killed with -9 one to three times at random moments, is started again, and must end with the same gallery.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { drawPhotos } from '../../apps/photos/src/synthetic.ts'
import { readGallery, runPhotos, startPhotos } from './photos-process.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    photos: { type: 'string', default: '60' },
  },
})
const [rounds, seed, photos] = [Number(values.rounds), Number(values.seed), Number(values.photos)]
const folder = mkdtempSync(join(tmpdir(), 'millrace-photos-kill-'))
const input = join(folder, 'input')
const undisturbed = join(folder, 'undisturbed')
const kills = { beforeTheFirst: 0, inBetween: 0, afterTheLast: 0 }

async function main(): Promise<void> {
  await drawPhotos(input, photos)
  await finish(undisturbed)
  console.log(`seed ${seed}: ${rounds} rounds of ${photos} photos`)
  const draw = draws(seed)
  for (let round = 1; round <= rounds; round++) {
    const output = join(folder, `round-${round}`)
    const told: string[] = []
    for (let times = 1 + Math.floor(draw() * 3); times > 0; times--) {
      told.push(await killed(output, draw))
    }
    await finish(output)
    compare(output)
    console.log(`round ${round}: killed ${told.join(', ')}: the same gallery`)
    rmSync(output, { recursive: true })
  }
  const { beforeTheFirst, inBetween, afterTheLast } = kills
  console.log(
    `${rounds} of ${rounds} rounds gave the same gallery, each of ${photos} photos published once. ` +
      `${beforeTheFirst + inBetween + afterTheLast} kills: ${beforeTheFirst} before the first photo was published, ` +
      `${inBetween} in between, ${afterTheLast} after the last`,
  )
  rmSync(folder, { recursive: true })
}

/**
 * Kills a run somewhere on its way, and looks at what it leaves behind. The moment is drawn as a number of jobs and some
 * milliseconds more: time alone would mean something else on each machine.
 */
async function killed(output: string, draw: () => number): Promise<string> {
  const jobs = Math.floor(draw() * 3 * (photos - publishedIn(output)))
  const moreMs = Math.floor(draw() * 300)
  const { child, finished, printed } = startPhotos(input, output, '--json')
  if (jobs > 0) await printed('"event":"completed"', jobs)
  await Promise.race([sleep(moreMs), finished])
  child.kill('SIGKILL')
  const { signal } = await finished
  const listed = existsSync(join(output, 'gallery.json')) ? readGallery(output).length : 0
  const published = publishedIn(output)
  check(listed <= published, `${output}: ${listed} photos in the gallery, but ${published} published`)
  if (signal !== 'SIGKILL') return 'never (it was done before)'
  kills[published === 0 ? 'beforeTheFirst' : published < photos ? 'inBetween' : 'afterTheLast'] += 1
  return `${moreMs} ms after job ${jobs} with ${published} published`
}

function publishedIn(output: string): number {
  return existsSync(join(output, '.entries')) ? readdirSync(join(output, '.entries')).length : 0
}

async function finish(output: string): Promise<void> {
  const { code, stdout, stderr } = await runPhotos(input, output)
  check(code === 0, `${output}: exit code ${code}\n${stdout}${stderr}`)
  const paths = readGallery(output).map((entry) => entry.path)
  check(
    new Set(paths).size === photos && paths.length === photos,
    `${output}: ${paths.length} photos published`,
  )
}

/** Every byte of gallery and thumbnails is as in the undisturbed run. */
function compare(output: string): void {
  const files = [
    'gallery.json',
    ...readGallery(undisturbed).flatMap((entry) => entry.thumbnails.map(({ file }) => file)),
  ]
  for (const file of files) {
    const same = readFileSync(join(output, file)).equals(readFileSync(join(undisturbed, file)))
    check(same, `${join(output, file)} differs from the one in ${undisturbed}`)
  }
}

function check(holds: boolean, message: string): void {
  if (!holds)
    throw new Error(`${message}\nreplay: npm run test:photos-kill -- --rounds ${rounds} --seed ${seed}`)
}

/** Numbers from 0 to 1 that follow from the seed alone (a linear congruential generator is random enough for delays). */
function draws(start: number): () => number {
  let state = start >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

await main()
