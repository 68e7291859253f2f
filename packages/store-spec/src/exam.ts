import type { CaseGroup } from './case-group.ts'
import { atomicityCases } from './cases/atomicity.ts'
import { backpressureCases } from './cases/backpressure.ts'
import { bodyCases } from './cases/bodies.ts'
import { cancelCases } from './cases/cancel.ts'
import { claimCases } from './cases/claim.ts'
import { closeCases } from './cases/close.ts'
import { deadLetterCases } from './cases/dead-letters.ts'
import { dedupeCases } from './cases/dedupe.ts'
import { enqueueCases } from './cases/enqueue.ts'
import { eventCases } from './cases/events.ts'
import { fenceCases } from './cases/fences.ts'
import { flowCases } from './cases/flows.ts'
import { limitCases } from './cases/limits.ts'
import { readCases } from './cases/reads.ts'
import { renewCases } from './cases/renew.ts'
import { reopenCases } from './cases/reopen.ts'
import { retentionCases } from './cases/retention.ts'
import { scheduleCases } from './cases/schedules.ts'
import { settleCases } from './cases/settle.ts'
import { sharingCases } from './cases/sharing.ts'

/** All that a store must be able to do, in the order of a job's life. */
export const exam: readonly CaseGroup[] = [
  enqueueCases,
  backpressureCases,
  dedupeCases,
  claimCases,
  limitCases,
  settleCases,
  fenceCases,
  renewCases,
  cancelCases,
  deadLetterCases,
  flowCases,
  scheduleCases,
  retentionCases,
  readCases,
  bodyCases,
  atomicityCases,
  eventCases,
  closeCases,
  reopenCases,
  sharingCases,
]
