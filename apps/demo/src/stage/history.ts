import { moves, type Trace } from '../kernel/trace.ts'

/** How many jobs waited and ran, at evenly spaced moments. */
export interface History {
  readonly xs: readonly number[]
  readonly waiting: readonly number[]
  readonly running: readonly number[]
}

const samples = 240
const arrives = moves.indexOf('arrives')
const returns = moves.indexOf('returns')
const starts = moves.indexOf('starts')
const shed = moves.indexOf('shed')
const stops = ['completes', 'retries', 'dies'].map((move) => moves.indexOf(move as 'dies'))

/** The length of the line, and how many run, over the whole film. */
export function historyOf(trace: Trace): History {
  const step = trace.horizon / samples
  const xs: number[] = []
  const waiting: number[] = []
  const running: number[] = []
  let now = 0
  let busy = 0
  let next = 0
  for (let sample = 0; sample <= samples; sample++) {
    const time = sample * step
    let most = busy
    for (; next < trace.length && trace.times[next]! <= time; next++) {
      const move = trace.moves[next]!
      if (move === arrives || move === returns) now++
      else if (move === starts || move === shed) now--
      if (move === starts) most = Math.max(most, ++busy)
      else if (stops.includes(move)) busy--
    }
    xs.push(time)
    waiting.push(now)
    // A crowd between two looks is not to be missed.
    running.push(most)
  }
  return { xs, waiting, running }
}

/** What has been seen of it up to the playhead; the rest is not told yet. */
export function upTo(
  history: History,
  curve: 'waiting' | 'running',
  time: number,
): readonly (number | null)[] {
  const { xs } = history
  return history[curve].map((value, index) => (xs[index]! <= time ? value : null))
}
