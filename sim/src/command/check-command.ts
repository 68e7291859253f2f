import { writeFileSync } from 'node:fs'
import { checkPlan, checkSeed, missed, usualSteps, type SeedReport } from '../worlds/check.ts'
import { marks } from '../worlds/marks.ts'
import { planOf, type WorldPlan } from '../worlds/plan.ts'
import { runWorld } from '../worlds/run-world.ts'
import { shrink } from '../worlds/shrink.ts'
import type { Arguments } from './arguments.ts'
import { checkSeeds } from './check-threads.ts'
import type { Desktop } from './desktop.ts'

const usualSeeds = 200
/** Fewer seeds cannot be asked to see everything. */
const seedsForMarks = 1_000
const mostShown = 3

/** `check [--seeds N] [--seed N] [--steps K]`: the real runtime in worlds with faults; 1 if an invariant is broken or a mark was not reached. */
export async function check(given: Arguments, desktop: Desktop): Promise<number> {
  return given.seed === undefined
    ? await checkMany(given, desktop)
    : await checkOne(given, given.seed, desktop)
}

async function checkMany(given: Arguments, { bar, print }: Desktop): Promise<number> {
  const count = given.seeds ?? usualSeeds
  const seeds = Array.from({ length: count }, (_, index) => index + 1)
  const reports: SeedReport[] = []
  const startedAt = performance.now()
  await checkSeeds({ seeds, steps: given.steps, isOnce: given.first }, (report) => {
    reports.push(report)
    bar.count(reports.length, count, 'worlds')
    return given.first && report.violation !== undefined
  })
  bar.clear()
  const broken = reports.filter(({ violation }) => violation !== undefined).sort((a, b) => a.seed - b.seed)
  const unseen = count >= seedsForMarks ? missed(reports) : []
  const seconds = (performance.now() - startedAt) / 1_000
  if (given.json) print(JSON.stringify({ seeds: reports.length, seconds, broken, unseen }))
  else {
    for (const report of broken.slice(0, mostShown)) print(failureText(report, given.steps))
    for (const mark of unseen) print(`never seen: ${mark}`)
    print(summary(reports, given.first, broken.length, unseen.length, seconds))
  }
  return broken.length + unseen.length === 0 ? 0 : 1
}

function summary(
  reports: readonly SeedReport[],
  isOnce: boolean,
  broken: number,
  unseen: number,
  seconds: number,
): string {
  const sum = (of: (report: SeedReport) => number): string =>
    reports.reduce((total, report) => total + of(report), 0).toLocaleString('en')
  return (
    `${reports.length} worlds${isOnce ? '' : ', each run twice'}: ${sum(({ jobs }) => jobs)} jobs, ${sum(({ steps }) => steps)} events, ` +
    `${broken} broken, ${marks.length - missed(reports).length} of ${marks.length} marks reached` +
    `${unseen === 0 ? '' : `, ${unseen} of them asked for and never seen`}, ${seconds.toFixed(0)} s`
  )
}

async function checkOne(given: Arguments, seed: number, { print }: Desktop): Promise<number> {
  const report = await checkSeed(seed, given.steps)
  if (report.violation === undefined) {
    print(
      given.json
        ? JSON.stringify(report)
        : `seed ${seed} holds: ${report.jobs} jobs, ${report.steps} events, hash ${report.hash}`,
    )
    return 0
  }
  const smallest = await shrink(planOf(seed, given.steps), failsLike(report))
  const path = `world-${seed}.json`
  writeFileSync(path, `${JSON.stringify(smallest, null, 2)}\n`)
  const again = await checkPlan(smallest)
  if (given.json) print(JSON.stringify({ ...report, smallest }))
  else {
    print(failureText(report, given.steps))
    print(`in ${smallest.steps.length} steps: ${again.violation?.what ?? 'nothing'}`)
    print(`replay: npm run sim -- replay ${path}`)
  }
  return 1
}

function failsLike({ violation }: SeedReport): (plan: WorldPlan) => Promise<boolean> {
  return async (plan) => (await runWorld(plan)).violations[0]?.invariant === violation!.invariant
}

/** `replay world.json`: a world from a file. */
export async function replayWorld(plan: WorldPlan, { json }: Arguments, { print }: Desktop): Promise<number> {
  const report = await checkPlan(plan)
  if (json) print(JSON.stringify(report))
  else if (report.violation === undefined) print(`it holds: ${report.jobs} jobs, hash ${report.hash}`)
  else
    print(`${report.violation.invariant}: ${report.violation.what}, at ${Math.round(report.violation.at)} ms`)
  return report.violation === undefined ? 0 : 1
}

function failureText({ seed, violation }: SeedReport, steps: number): string {
  const { invariant, what, at } = violation!
  return (
    `BROKEN: ${invariant}: ${what}, ${Math.round(at)} ms into world ${seed}\n` +
    `  replay: npm run sim -- check --seed ${seed}${steps === usualSteps ? '' : ` --steps ${steps}`}`
  )
}
