/** `npm run test:uploads -- --seed N --rounds R`: the worst for uploads; each file must arrive with the right bytes. R rounds from seed N on. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Mood } from '../../apps/demo/upload/server/mood.ts'
import { Browser, type Page } from './devtools.ts'
import { draws } from './draws.ts'
import { pageFiles } from './page-files.ts'
import { addFiles, enter, seen, type Sent } from './upload-lab-page.ts'
import { UploadServer } from './upload-server.ts'
import { until } from './until.ts'

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, rounds: { type: 'string', default: '5' } },
})

const options = { stall: '500ms', store: 'chaos' } as const
const moods: readonly Mood[] = [
  { kind: 'stalls' },
  { kind: 'resets' },
  { kind: 'answers', status: 500 },
  { kind: 'answers', status: 429, headers: { 'Retry-After': '1' } },
  { kind: 'captive' },
]
const strikes = 8

interface Round {
  readonly server: UploadServer
  readonly profile: string
  readonly done: string[]
  browser: Browser
  page: Page
}

/** One thing at a time goes wrong, eight times, while files are added; then all is well. */
async function playRound(seed: number): Promise<readonly string[]> {
  const draw = draws(seed)
  const server = new UploadServer(
    mkdtempSync(join(tmpdir(), 'millrace-tus-')),
    await pageFiles(join(import.meta.dirname, 'pages/upload-page.ts')),
  )
  await server.up()
  const profile = mkdtempSync(join(tmpdir(), 'millrace-profile-'))
  const browser = await Browser.launch(profile)
  const round: Round = { server, profile, done: [], browser, page: await browser.open(server.origin) }
  try {
    await enter(round.page, options)
    const sent: Sent[] = []
    for (let strike = 0; strike < strikes; strike++) {
      server.mood = { kind: 'slow', ms: 15 }
      sent.push(...(await addFiles(round.page, 1 + draw(2), 100_000 + draw(500_000), sent.length)))
      await pause(draw(600))
      await deeds[draw(deeds.length)]!(round, draw)
    }
    server.mood = { kind: 'well' }
    return await faultsOf(round, sent)
  } finally {
    console.log(`seed ${seed}: ${round.done.join(', ')}`)
    await round.browser.close()
    await server.close()
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}

type Deed = (round: Round, draw: (below: number) => number) => Promise<void>

const deeds: readonly Deed[] = [
  async (round) => {
    round.done.push('reload')
    await round.page.reload()
    await enter(round.page, options)
  },
  async (round) => {
    round.done.push('crash')
    await round.page.crash()
    await reopen(round)
  },
  async (round) => {
    round.done.push('kill')
    await round.browser.kill()
    round.browser = await Browser.launch(round.profile)
    await reopen(round)
  },
  async ({ server, done }, draw) => {
    done.push('down')
    await server.down()
    await pause(draw(1_500))
    await server.up()
  },
  async ({ page, done }, draw) => {
    done.push('offline')
    await page.setOffline(true)
    await pause(draw(1_500))
    await page.setOffline(false)
  },
  badMood,
  badMood,
]

async function badMood({ server, done }: Round, draw: (below: number) => number): Promise<void> {
  server.mood = moods[draw(moods.length)]!
  done.push(server.mood.kind)
  await pause(draw(1_500))
}

async function reopen(round: Round): Promise<void> {
  round.page = await round.browser.open(round.server.origin)
  await enter(round.page, options)
}

async function faultsOf({ page, server }: Round, sent: readonly Sent[]): Promise<readonly string[]> {
  const ended = await until(
    'every file arrived, or is a dead letter',
    async () => {
      const jobs = await seen(page)
      return jobs.every(({ state }) => state === 'completed' || state === 'dead') && jobs
    },
    120_000,
  )
  return sent.flatMap(({ id, name, hash }) => {
    const job = ended.find((one) => one.id === id)
    if (job === undefined) return [`${name} is lost`]
    if (job.state === 'dead') return job.error === undefined ? [`${name} is dead and nobody says why`] : []
    const arrived = server.arrivals.filter(({ key }) => key === id)
    const isRight = arrived.length > 0 && arrived.every((one) => one.hash === hash)
    return isRight ? [] : [`${name} is completed, and the server has ${JSON.stringify(arrived)}`]
  })
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

let faults = 0
const firstSeed = Number(values.seed)
for (let seed = firstSeed; seed < firstSeed + Number(values.rounds); seed++) {
  for (const fault of await playRound(seed)) {
    faults++
    console.log(`FAULT  ${fault}. replay: npm run test:uploads -- --seed ${seed} --rounds 1`)
  }
}
console.log(
  faults === 0 ? 'every file arrived, or stands among the dead letters with its reason' : `${faults} faults`,
)
process.exitCode = faults === 0 ? 0 : 1
