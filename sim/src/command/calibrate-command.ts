import { runOnce } from '../report/outcome.ts'
import { replications } from '../report/replications.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { journeysOf } from '../trace/journey.ts'
import { kindsOf } from '../trace/kinds.ts'
import { compare, verdictOf, type Comparison, type Verdict } from '../trace/proof.ts'
import { withSameLuck } from '../trace/same-luck.ts'
import { fitted, replayed } from '../trace/scenarios.ts'
import { usage, type Arguments } from './arguments.ts'
import type { Desktop } from './desktop.ts'
import { write } from './files.ts'
import { shortNumber, textTable } from './text-table.ts'
import { traceOf } from './trace-file.ts'

const runs = 20
const exitCodes: Readonly<Record<Verdict, number>> = { fits: 0, refused: 1, undecided: 3 }

const words: Readonly<Record<Verdict, string>> = {
  fits: 'it fits: with the luck of the trace p50, p95 and p99 come within 5 % (or 2 ms), with other luck as near as chance allows',
  refused: 'refused: jobs like these would wait otherwise than these did, so ask this scenario nothing',
  undecided: 'undecided: of fewer than 100 jobs nobody can tell; record for longer',
}

interface Calibration {
  readonly scenario: Scenario
  readonly comparisons: readonly Comparison[]
  readonly verdict: Verdict
  readonly notes: readonly string[]
}

/** `calibrate trace.jsonl [--out scenario.json]`: a scenario whose jobs are like those recorded; 0 it fits, 1 it does not, 3 that cannot be told. */
export async function calibrate(given: Arguments, { threads, bar, print }: Desktop): Promise<number> {
  if (given.subject === undefined) throw usage('name the file of a trace that runtime.record wrote')
  const trace = traceOf(given.subject)
  const journeys = journeysOf(trace)
  const kinds = kindsOf(journeys)
  const replay = replayed(trace, journeys, kinds)
  const exact = runOnce(replay)
  const prove = async (kept: 'processes' | 'values'): Promise<Calibration> => {
    const { scenario, notes } = fitted(trace, journeys, kinds, kept)
    const sameLuck = runOnce(withSameLuck(replay, scenario))
    const outcomes = await threads.runAll(replications(scenario, runs), (jobs) =>
      bar.show(jobs, jobs / (runs * journeys.all.length), 'calibrate'),
    )
    bar.clear()
    const comparisons = compare(kinds, exact, sameLuck, outcomes)
    return { scenario, comparisons, verdict: verdictOf(comparisons), notes: [...journeys.notes, ...notes] }
  }
  // The processes if they pass, since they can be changed and asked about other days; else the recorded times themselves.
  const simple = await prove('processes')
  const { scenario, comparisons, verdict, notes } =
    simple.verdict === 'refused' ? await prove('values') : simple
  if (given.out !== undefined) write(given.out, `${JSON.stringify(scenario, null, 2)}\n`)
  if (given.json)
    print(
      JSON.stringify({
        verdict,
        jobs: journeys.all.length,
        slots: journeys.slots,
        scenario,
        comparisons,
        notes,
      }),
    )
  else {
    const about = `${shortNumber(journeys.all.length)} jobs in ${shortNumber(journeys.endsAt / 1_000)} s, at most ${journeys.slots} at once`
    const written = given.out === undefined ? [] : [`written to ${given.out}`]
    const fits = scenario.classes.map(
      ({ id, arrivals, service }) => `${id}: ${arrivals.kind} arrivals, ${service.dist} services`,
    )
    print(
      [
        about,
        ...fits,
        comparisonTable(comparisons),
        ...notes.map((note) => `note: ${note}`),
        words[verdict],
        ...written,
      ].join('\n'),
    )
  }
  return exitCodes[verdict]
}

function comparisonTable(comparisons: readonly Comparison[]): string {
  return textTable(
    ['', 'recorded [s]', 'replayed', 'same luck', 'other luck', '±', ''],
    comparisons.map((one) => [
      `${one.class}: ${one.metric}`,
      shortNumber(one.recorded),
      shortNumber(one.replayed),
      shortNumber(one.sameLuck),
      shortNumber(one.fitted),
      shortNumber(one.spread),
      one.verdict === 'fits' ? 'ok' : one.verdict,
    ]),
  )
}
