/** Where a job stands. Pausing belongs to the queue, never to a job. */
export type State =
  /** Waits for the time it was asked to run at. */
  | 'scheduled'
  /** Waits for other jobs, or for its key. */
  | 'blocked'
  /** Any worker may claim it now. */
  | 'enqueued'
  /** One worker holds the lease. */
  | 'processing'
  /** Failed, waits out its backoff. */
  | 'retrying'
  /** Done; its result is kept as long as retention says. */
  | 'completed'
  /** In the dead-letter queue, with a reason. */
  | 'dead'
  /** Ended on request. */
  | 'cancelled'
  /** Its deadline passed, or it was shed, before it started. */
  | 'expired'

/** All states, in the order they are shown to people; an index in this list is the state's code in stored rows, so it only ever grows at its end. */
export const states: readonly State[] = [
  'scheduled',
  'blocked',
  'enqueued',
  'processing',
  'retrying',
  'completed',
  'dead',
  'cancelled',
  'expired',
]

/** Why a job is dead. */
export type DeadReason =
  | 'exhausted'
  | 'poison'
  | 'nonRetryable'
  | 'invalidPayload'
  | 'dependencyFailed'
  | 'compensationFailed'

/** Every legal move; whatever is not here is `ILLEGAL_MOVE`. `new` is a job not stored yet, `gone` one pruned away. */
export const legalMoves: Readonly<Record<State | 'new', readonly (State | 'gone')[]>> = {
  new: ['scheduled', 'blocked', 'enqueued'],
  scheduled: ['scheduled', 'blocked', 'enqueued', 'cancelled', 'expired', 'dead'],
  blocked: ['blocked', 'scheduled', 'enqueued', 'cancelled', 'expired', 'dead'],
  enqueued: ['enqueued', 'scheduled', 'processing', 'cancelled', 'expired', 'dead'],
  processing: ['processing', 'enqueued', 'scheduled', 'retrying', 'completed', 'dead', 'cancelled'],
  retrying: ['retrying', 'enqueued', 'cancelled', 'dead'],
  completed: ['gone'],
  dead: ['scheduled', 'blocked', 'enqueued', 'gone'],
  cancelled: ['gone'],
  expired: ['gone'],
}

/** The states that nothing but retention, or a redrive, ends. */
export type Ending = 'completed' | 'dead' | 'cancelled' | 'expired'

/** True once nothing but retention, or a redrive from `dead`, moves the job any more. */
export function isTerminal(state: State): state is Ending {
  return state === 'completed' || state === 'dead' || state === 'cancelled' || state === 'expired'
}
