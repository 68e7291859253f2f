/** Seconds; in a file also '250ms', '5m', '2h', '1d'. */
export type Seconds = number

/** A question to the simulator, complete: every default is filled in. What a file may leave out, `parseScenario` adds. */
export interface Scenario {
  readonly v: 1
  readonly name: string
  /** A whole number from 0 to 2^53 - 1; the same seed gives the same run, to the bit. */
  readonly seed: number
  /** The same as `stop.horizon`; the earlier one counts. */
  readonly horizon: Seconds | 'none'
  /** What is left out of the statistics at the start; `auto` finds it by MSER-5. */
  readonly warmup: Seconds | 'auto'
  readonly classes: readonly JobClass[]
  readonly queues: Readonly<Record<string, QueueModel>>
  readonly workers: Workers
  readonly retry: Retry
  readonly faults: readonly ScenarioFault[]
  readonly slo: readonly Objective[]
  readonly stop: Stop
}

/** Jobs that arrive, are served and fail alike. */
export interface JobClass {
  readonly id: string
  readonly queue: string
  readonly arrivals: Arrivals
  readonly service: Distribution
  readonly priority: number
  readonly failure: Failure
  /** How long a job waits for its start before it expires. */
  readonly patience: Distribution | 'unlimited'
  /** What became of each job of a recorded run, in order of arrival. For as far as it goes it takes the place of `service`, `failure`, `patience` and the backoff. */
  readonly history?: readonly JobHistory[]
}

export interface JobHistory {
  readonly attempts: readonly AttemptHistory[]
  /** It left after so long unless it had started. */
  readonly leaves?: Seconds
}

export interface AttemptHistory {
  readonly takes: Seconds
  readonly fate: 'completes' | 'fails' | 'crashes'
  /** From a failure to when the job was due again; without it the failure was its last. */
  readonly again?: Seconds
}

export type Arrivals =
  | { readonly kind: 'poisson'; readonly rate: number }
  | { readonly kind: 'deterministic'; readonly every: Seconds }
  /** A Poisson process whose rate follows a Markov chain that visits its states in turn; `switch` holds the rates of leaving each. */
  | { readonly kind: 'mmpp'; readonly rates: readonly number[]; readonly switch: readonly number[] }
  /** Poisson with a rate that runs in straight lines between [time, rate] points and stays at the last. */
  | { readonly kind: 'piecewise'; readonly points: readonly (readonly [Seconds, number])[] }
  | { readonly kind: 'trace'; readonly times: readonly Seconds[] }
  /** Poisson batches of `size` jobs; `rate` counts batches. */
  | { readonly kind: 'batch'; readonly rate: number; readonly size: number }
  /** Each user thinks, sends one job and waits for its end. */
  | { readonly kind: 'closed'; readonly users: number; readonly think: Distribution }

export type Distribution =
  | { readonly dist: 'exponential'; readonly mean: Seconds }
  | { readonly dist: 'deterministic'; readonly value: Seconds }
  /** `cv2`: variance over squared mean. */
  | { readonly dist: 'lognormal'; readonly mean: Seconds; readonly cv2: number }
  | { readonly dist: 'uniform'; readonly min: Seconds; readonly max: Seconds }
  | { readonly dist: 'erlang'; readonly k: number; readonly mean: Seconds }
  /** Two exponentials with balanced means; `cv2` is at least 1. */
  | { readonly dist: 'hyperexponential'; readonly mean: Seconds; readonly cv2: number }
  | { readonly dist: 'empirical'; readonly values: readonly Seconds[] }

export type Failure =
  /** Each attempt fails with this probability. */
  | { readonly p: number }
  /** The probability by attempt; the last one holds for all later ones. */
  | { readonly byAttempt: readonly number[] }
  /** This share of the jobs crashes every time. */
  | { readonly poison: number }

export interface QueueModel {
  /** Unfinished jobs at most. */
  readonly capacity: number | 'unlimited'
  readonly overflow: 'reject' | 'wait' | 'shedOldest' | 'shedLowest'
  /** `fair` shares among the classes of the queue. */
  readonly order: 'priority' | 'fair'
  /** The head start a point of priority gives. */
  readonly ageing: Seconds | 'strict'
  /** The queue's share of each worker's attention. */
  readonly weight: number
  /** Jobs processing at once over all workers. */
  readonly concurrency: number | 'unlimited'
  readonly rate: RateLimit | 'unlimited'
}

/** At most `limit` starts per `per`. */
export interface RateLimit {
  readonly limit: number
  readonly per: Seconds
}

export interface Workers {
  /** Workers that serve every queue. */
  readonly count: number
  /** Jobs one worker runs at once. */
  readonly concurrency: number
  /** `none`: workers are woken. Else each looks into its queues at this interval (one for all, or one for each queue) and at no other time. */
  readonly poll: Seconds | Readonly<Record<string, Seconds>> | 'none'
  /** Each queue's share of a worker's attention; what is not named has its queue's `weight`. */
  readonly weights: Readonly<Record<string, number>>
  /** Workers beside `count` that serve one queue only. */
  readonly dedicated: Readonly<Record<string, number>>
  readonly autoscale: Autoscale | 'none'
  readonly breakdown: Breakdown | 'none'
  readonly lease: Seconds
}

/** The number of workers follows the core's own decision, asked every second. */
export interface Autoscale {
  readonly min: number
  readonly max: number
  readonly depth: number
  readonly lag: Seconds
  readonly cooldown: Seconds
  /** From the decision to the first claim of a new worker. */
  readonly startup: Seconds
}

/** A worker stops after an exponential time and goes on after another, with the jobs it holds unless their leases ran out. */
export interface Breakdown {
  readonly mtbf: Seconds
  readonly repair: Seconds
}

export interface Retry {
  readonly maxFailures: number
  readonly maxCrashes: number
  readonly backoff: Backoff
  readonly jitter: 'spread' | 'none' | 'full' | 'equal' | 'decorrelated'
  /** Retries at most this share of fresh work, once `burst` is used up. */
  readonly budget: { readonly ratio: number; readonly burst: number } | 'none'
  /** An attempt that takes longer has failed. */
  readonly timeout: Seconds | 'none'
  /** Counted from the claim, or from when the job was ready, as its caller does who waits no longer. */
  readonly timeoutFrom: 'claim' | 'ready'
  /** Whether a timed-out handler stops; if not, it keeps its worker busy to the end for nothing. */
  readonly cancelOnTimeout: boolean
}

export type Backoff =
  | { readonly kind: 'exponential'; readonly base: Seconds; readonly factor: number; readonly max: Seconds }
  | { readonly kind: 'linear'; readonly base: Seconds; readonly step: Seconds; readonly max: Seconds }
  | { readonly kind: 'fixed'; readonly delay: Seconds }
  | { readonly kind: 'table'; readonly delays: readonly Seconds[] }

/** Something that happens to the system at a given time. */
export type ScenarioFault =
  /** That many workers stop and, after `for`, go on: zero to all of them. */
  | { readonly kind: 'outage'; readonly at: Seconds; readonly for: Seconds; readonly workers: number }
  /** Services that start within it take `factor` times as long. */
  | { readonly kind: 'slow'; readonly at: Seconds; readonly for: Seconds; readonly factor: number }
  /** So many jobs of a class at once. */
  | { readonly kind: 'burst'; readonly at: Seconds; readonly class: string; readonly jobs: number }

export type ObjectiveMetric = `${'mean' | 'p50' | 'p95' | 'p99'}.${'wait' | 'sojourn'}`

/** `metric` of one class, or of the worst one, is to be less than `lt`. */
export interface Objective {
  readonly metric: ObjectiveMetric
  readonly class?: string
  readonly lt: Seconds
}

/** Whichever comes first. */
export interface Stop {
  /** Jobs that arrived. */
  readonly jobs: number | 'unlimited'
  /** Virtual time. */
  readonly horizon: Seconds | 'none'
  /** Relative half-width of the 95 % intervals of every class's mean wait and sojourn. */
  readonly halfWidth: number | 'none'
}
