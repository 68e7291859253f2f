import { isTerminal } from '@millrace/core'
import { hindranceText } from '../words/hindrance-text.ts'
import type { Frame, Script } from './frame.ts'
import { HandBench } from './hand-bench.ts'
import { deadLetters } from './scripts/dead-letters.ts'
import { delivery } from './scripts/delivery.ts'
import { life } from './scripts/life.ts'
import { saga } from './scripts/saga.ts'

const scripts = { life, delivery, saga, deadLetters } as const
export type ScriptName = keyof typeof scripts

/** Plays the reader's deeds from the start on a fresh store; answers what was to be seen after each. An impossible deed is left out. */
export async function play(
  name: ScriptName,
  deeds: readonly string[],
  options: Readonly<Record<string, string>>,
): Promise<readonly Frame[]> {
  const script: Script = scripts[name]
  const bench = await HandBench.open(options)
  await script.begin?.(bench)
  const frames = [await frameOf(script, bench, '')]
  for (const id of deeds) {
    const deed = script.deeds.find((one) => one.id === id)
    if (deed === undefined || deed.hindrance(bench) !== undefined) continue
    frames.push(await frameOf(script, bench, await deed.perform(bench)))
  }
  await bench.store.close()
  return frames
}

async function frameOf(script: Script, bench: HandBench, told: string): Promise<Frame> {
  const offers = script.deeds.map((deed) => {
    const why = deed.hindrance(bench)
    return { id: deed.id, label: deed.label, ...(why !== undefined && { why }) }
  })
  return {
    now: bench.seconds,
    told,
    jobs: bench.jobs.map((job) => bench.view(job)),
    effects: [...bench.effects],
    offers,
    explains: await explain(bench),
    figures: script.figures?.(bench) ?? {},
  }
}

async function explain(bench: HandBench): Promise<string> {
  const job = bench.job('photo') ?? bench.jobs.find(({ state }) => !isTerminal(state)) ?? bench.jobs[0]
  if (job === undefined) return 'There is no such job.'
  const { hindrances } = await bench.run('explain', { id: job.id })
  return `${job.name}: ${hindrances.map((one) => hindranceText(one, bench.now)).join('; ')}.`
}
