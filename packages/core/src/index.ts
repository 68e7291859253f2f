/** The core: states, commands and rules, pure and synchronous. */
export {
  alert,
  defaultAlertRules,
  quiet,
  type AlertKind,
  type AlertRule,
  type AlertState,
  type Health,
} from './alerts.ts'
export { autoscale, defaultScalePolicy, type Load, type Scale, type ScalePolicy } from './autoscale.ts'
export { backoffDelay, defaultBackoff, type Backoff, type Jitter } from './backoff.ts'
export { byteLength, UnreadableBody, type Body, type StoredBody } from './body.ts'
export { bounds } from './bounds.ts'
export type { CancelOutcome, CancelReply, CancelRequest } from './cancel.ts'
export type { ClaimReply, ClaimRequest, QueueShare } from './claim.ts'
export { commands, type CommandName, type Reply, type Request } from './commands.ts'
export type { ConfigureRequest, PauseRequest } from './configure.ts'
export {
  refusal,
  type EnqueueOutcome,
  type EnqueueReply,
  type EnqueueRequest,
  type EnqueueResult,
} from './enqueue.ts'
export { assert, errorCodes, MillraceError, type ErrorCode, type ErrorDetails } from './error.ts'
export type { JobEvent, JobEventType, QueueEventType } from './events.ts'
export type { ExplainRequest, Explanation, Hindrance } from './explain.ts'
export type { Fault } from './fail.ts'
export { fingerprintOf } from './fingerprint.ts'
export { inOrder, type FlowNode } from './flow-edges.ts'
export type { Held } from './held.ts'
export { holdsKeySlot, holdsUnique, holdsUniqueAt, isUnstarted, uniqueUntil } from './holds.ts'
export {
  noExtras,
  type BlockedReason,
  type Extras,
  type FlowStep,
  type Job,
  type JobError,
  type Kind,
  type Latch,
  type Millis,
  type OnConflict,
  type Parent,
  type Unique,
  type UniqueWhile,
} from './job.ts'
export { draw, type Moment } from './moment.ts'
export type { NewJob } from './new-job.ts'
export type { NoteRequest } from './note.ts'
export type { PruneReply, PruneRequest } from './prune.ts'
export {
  defaultQueueConfig,
  freshQueue,
  noCounters,
  type Counters,
  type Key,
  type Overflow,
  type Queue,
  type QueueConfig,
  type Retention,
} from './queue.ts'
export type { CountReply, DeadGroup, JobsReply, QueueCount } from './read.ts'
export type { ReapReply, ReapRequest } from './reap.ts'
export type { DeadFilter, DiscardReply, RedriveReply, RedriveRequest } from './redrive.ts'
export type { RenewReply, RenewRequest } from './renew.ts'
export type { RetryPolicy } from './retry.ts'
export type { ListFilter, Rows } from './rows.ts'
export type { Missed, Overlap, Schedule } from './schedule.ts'
export type { FireReply, FireRequest, Occurrence } from './schedules.ts'
export type { Settlement, SettleReply, SettleRequest } from './settle.ts'
export { rendezvous } from './shard.ts'
export { isTerminal, legalMoves, states, type DeadReason, type Ending, type State } from './states.ts'
export type { Guarantee, Store, StoreListener, Supports, TransactionClient } from './store.ts'
export { nextShare, type Share } from './weights.ts'
