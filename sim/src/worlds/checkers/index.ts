import { attempts } from './attempts.ts'
import type { NewChecker } from './checker.ts'
import { counters } from './counters.ts'
import { fences } from './fences.ts'
import { flows } from './flows.ts'
import { keys } from './keys.ts'
import { limits } from './limits.ts'
import { merges } from './merges.ts'
import { moves } from './moves.ts'
import { order } from './order.ts'
import { promises } from './promises.ts'
import { results } from './results.ts'
import { schedules } from './schedules.ts'
import { sightings } from './sightings.ts'
import { signals } from './signals.ts'
import { times } from './times.ts'
import { turns } from './turns.ts'
import { waits } from './waits.ts'
import { watermarks } from './watermarks.ts'
import { workers } from './workers.ts'

/** One checker for each invariant, by the sentence that says it. */
export const checkers: readonly (readonly [invariant: string, checker: NewChecker])[] = [
  ['what must happen somewhere is seen', sightings],
  ['a job makes legal moves only', moves],
  ['one live lease per job', fences],
  ['each attempt ends in one bucket', attempts],
  ['a failed job waits as its policy says', waits],
  ['nothing starts too early or too late', times],
  ['the job next in line starts first', order],
  ['keys that have work share it by weight', keys],
  ['queues that have work take turns by weight', turns],
  ['the limits of queues hold', limits],
  ['a queue is saturated from its high mark to its low one', watermarks],
  ['counters equal a recount', counters],
  ['children come after their parents', flows],
  ['the last trigger is never lost', merges],
  ['the newest attempt gives the result', results],
  ['no worker is idle while there is work', workers],
  ['handlers hear what concerns them', signals],
  ['each occurrence becomes one job', schedules],
  ['nothing acknowledged is lost, and all ends', promises],
]
