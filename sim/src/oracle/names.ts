import type { Estimates } from '../report/estimated.ts'
import type { Interval } from '../statistics/interval.ts'

/** The oracle's names, and where a run tells the same. */
export const measuredAs: Readonly<Record<string, (estimates: Estimates) => Interval | undefined>> = {
  Wq: ({ classes }) => classes[0]?.wait.mean,
  W: ({ classes }) => classes[0]?.sojourn.mean,
  Lq: ({ depth }) => depth,
  L: ({ system }) => system,
  p0: ({ empty }) => empty,
  C: ({ classes }) => classes[0]?.waited,
  P_wait: ({ classes }) => classes[0]?.waited,
  pK: ({ classes }) => classes[0]?.refused,
  B: ({ classes }) => classes[0]?.refused,
  thr: ({ throughput }) => throughput,
  p95Wq: ({ classes }) => classes[0]?.wait.p95,
  p99Wq: ({ classes }) => classes[0]?.wait.p99,
  p99T: ({ classes }) => classes[0]?.sojourn.p99,
  P_ab: ({ classes }) => classes[0]?.expired,
  Ewait_all: ({ timeWaiting }) => timeWaiting,
  E_att: ({ classes }) => classes[0]?.attemptsPerJob,
  lam_eff: ({ classes }) => classes[0]?.attemptRate,
  rho: ({ utilization }) => utilization,
  T_all: ({ classes }) => classes[0]?.sojourn.mean,
  T_ok: ({ classes }) => classes[0]?.sojournCompleted,
  pDLQ: ({ classes }) => classes[0]?.dead,
  N_backoff: ({ backoff }) => backoff,
  T1: ({ classes }) => classes[0]?.sojourn.mean,
  T2: ({ classes }) => classes[1]?.sojourn.mean,
}
