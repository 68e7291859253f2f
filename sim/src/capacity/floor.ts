import type { Job, Request } from '@millrace/core'
import { phase } from '../kernel/event-heap.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { Team, Worker } from './crew.ts'
import { whereabouts } from './job-slots.ts'
import type { Departures } from './departures.ts'
import type { Lines } from './lines.ts'
import { fate, type Run } from './runs.ts'
import { event, type Stage } from './stage.ts'
import { microsOf, toMicros } from './virtual-time.ts'

const failure = { name: 'Error', message: 'the simulated handler failed' }
const tookTooLong = { name: 'TimeoutError', message: 'the simulated attempt took too long' }

/** A claim of nothing moves due jobs into their lines, as any claim does. */
const nothing: Request<'claim'> = { owner: 'timer', leaseMs: 1, limit: 0, queues: [] }

/** Where jobs meet workers: claims, runs attempts, settles them. */
export class Floor {
  readonly #stage: Stage
  readonly #lines: Lines
  readonly #departures: Departures
  readonly #teamsOf: readonly (readonly Team[])[]
  #isLimited: readonly boolean[] = []
  readonly #isPolled: boolean
  #timeout = Infinity
  #isTimedFromReady = false
  /** When each queue is looked at again because its rate allows more then. */
  readonly #wakeAt: number[]
  readonly #settlement: { id: string; epoch: number; outcome: 'complete' } = {
    id: '',
    epoch: 0,
    outcome: 'complete',
  }
  readonly #settle: Request<'settle'> = { settlements: [this.#settlement] }
  /** How much longer services take that start now. */
  slowness: (now: number) => number = () => 1

  constructor(stage: Stage, lines: Lines, departures: Departures) {
    const { scenario, crew } = stage
    this.#stage = stage
    this.#lines = lines
    this.#departures = departures
    const queues = Object.values(scenario.queues)
    this.#teamsOf = queues.map((_, queue) => crew.teams.filter((team) => team.queues.includes(queue)))
    this.#isPolled = scenario.workers.poll !== 'none'
    this.#wakeAt = queues.map(() => Infinity)
    this.heed(scenario)
  }

  /** Takes up what the scenario says of limits and timeouts. */
  heed({ queues, retry }: Scenario): void {
    this.#isLimited = Object.values(queues).map(
      ({ concurrency, rate }) => concurrency !== 'unlimited' || rate !== 'unlimited',
    )
    this.#timeout = retry.timeout === 'none' ? Infinity : microsOf(retry.timeout)
    this.#isTimedFromReady = retry.timeoutFrom === 'ready'
  }

  /** Something may be claimable in the queue: idle workers look, unless they only look when it is time. */
  dispatch(queue: number): void {
    if (this.#isPolled) return
    for (const team of this.#teamsOf[queue]!) {
      while (this.#waiting(queue) > 0) {
        const worker = this.#stage.crew.idle(team)
        if (worker === undefined || this.claim(worker) === 0) break
      }
    }
  }

  /** A worker with a free slot looks for jobs; answers how many it got. */
  claim(worker: Worker): number {
    let waiting = 0
    for (const queue of worker.team.queues) waiting += this.#waiting(queue)
    const free = this.#stage.crew.free(worker)
    if (free <= 0) return 0
    const { claim } = worker
    const isShared = claim.queues.length > 1
    if (waiting === 0) {
      if (isShared) forgetCredits(worker)
      return 0
    }
    // Asked for no more than there is, the core would not see that a queue has run dry, and owes it nothing.
    claim.limit = isShared || free < waiting ? free : waiting
    const reply = this.#stage.machine.claim(claim, this.#stage.at)
    if (isShared)
      claim.queues = claim.queues.map((share, index) => ({ ...share, credit: reply.credits[index]! }))
    for (const job of reply.jobs) this.#start(job, worker)
    if (reply.jobs.length < claim.limit) this.#lookAgain(worker.team, reply.nextAt)
    return reply.jobs.length
  }

  /** A poll of one queue by a worker that looks into it at intervals. */
  poll(worker: Worker, queue: number): void {
    const free = this.#stage.crew.free(worker)
    const waiting = this.#waiting(queue)
    if (waiting === 0 || free <= 0) return
    const limit = free < waiting ? free : waiting
    const share = { queue: this.#stage.ledger.queues[queue]!.name, weight: 1, credit: 0 }
    const reply = this.#stage.machine.claim({ ...worker.claim, limit, queues: [share] }, this.#stage.at)
    for (const job of reply.jobs) this.#start(job, worker)
  }

  /** Subject: a run. */
  runEnds(number: number): void {
    const run = this.#stage.runs.list[number]!
    if (run.dueAt !== this.#stage.now) return
    if (!run.held) {
      if (run.fate !== fate.timesOut) this.#settleLate(run)
      this.#stage.ledger.idleWork.leave(this.#stage.now, run.claimedAt)
      this.#freeSlot(run, number)
      return
    }
    if (run.fate === fate.completes) this.#complete(run)
    else this.#fail(run)
    if (run.fate === fate.timesOut && run.linger > 0) this.#linger(run, number)
    else this.#freeSlot(run, number)
  }

  /** The reaper took the job from a worker that was silent. */
  takenAway(run: Run): void {
    const { ledger, now } = this.#stage
    run.held = false
    this.#leaveWorker(run)
    ledger.idleWork.enter(now)
    run.claimedAt = now
    this.#afterFailure(run)
  }

  /** Subject: a job whose backoff is over. */
  retryDue(job: number): void {
    const { jobs, machine, at, heap } = this.#stage
    if (jobs.whereabouts[job] !== whereabouts.backoff) return
    machine.claim(nothing, at)
    const row = machine.rows.job(jobs.ids[job]!)!
    if (row.state === 'retrying') {
      heap.push(toMicros(row.runAt), phase.retry, event.retryDue, job)
      return
    }
    this.#lines.rejoin(job)
    this.dispatch(this.#stage.classOf(job).queue)
  }

  /** Subject: a queue whose rate allows more now. */
  wake(queue: number): void {
    this.#wakeAt[queue] = Infinity
    this.dispatch(queue)
  }

  #waiting(queue: number): number {
    return this.#stage.ledger.queues[queue]!.waiting.value
  }

  #start(row: Job, worker: Worker): void {
    const { jobs, ledger, runs, now, heap } = this.#stage
    const job = Number(row.id)
    const model = this.#stage.classOf(job)
    const entity = jobs.entity[job]!
    // Its backoff ends in this very microsecond, and its event is still to come.
    if (jobs.whereabouts[job] === whereabouts.backoff) this.#lines.rejoin(job)
    const timeout = Math.max(0, this.#timeout - (this.#isTimedFromReady ? now - jobs.since[job]! : 0))
    ledger.claimed(model.index, model.queue, now, jobs.since[job]!, entity, row.attempt)
    jobs.whereabouts[job] = whereabouts.processing
    jobs.since[job] = now
    jobs.runs[job]!++
    worker.busy++
    const number = runs.take()
    const run = runs.list[number]!
    const service = microsOf(model.service(entity, row.attempt) * this.slowness(now))
    const tooLong = service > timeout
    run.job = job
    run.epoch = row.epoch
    run.attempt = row.attempt
    run.worker = worker.index
    run.fate = tooLong ? fate.timesOut : model.fate(entity, row.attempt)
    run.claimedAt = now
    run.linger = tooLong && !this.#stage.scenario.retry.cancelOnTimeout ? service - timeout : 0
    run.dueAt = now + (tooLong ? timeout : service)
    run.held = true
    heap.push(run.dueAt, phase.completion, event.runEnds, number)
  }

  /** When time alone keeps jobs from starting, somebody has to look again then. */
  #lookAgain(team: Team, nextAt: number): void {
    if (nextAt === Infinity) return
    const time = toMicros(nextAt)
    for (const queue of team.queues) {
      if (!this.#isLimited[queue]! || this.#waiting(queue) === 0 || this.#wakeAt[queue]! <= time) continue
      this.#wakeAt[queue] = time
      this.#stage.heap.push(Math.max(time, this.#stage.now + 1), phase.dispatch, event.wake, queue)
    }
  }

  #complete(run: Run): void {
    const { machine, at, jobs } = this.#stage
    this.#settlement.id = jobs.ids[run.job]!
    this.#settlement.epoch = run.epoch
    machine.settle(this.#settle, at)
    this.#leaveWorker(run)
    this.#departures.ends(run.job, 'completed')
  }

  #fail(run: Run): void {
    const { machine, at, jobs, ledger } = this.#stage
    const bucket = run.fate === fate.crashes ? 'crash' : 'failure'
    const error = run.fate === fate.timesOut ? tookTooLong : failure
    if (run.fate === fate.timesOut) ledger.timedOut(jobs.ofClass[run.job]!)
    const id = jobs.ids[run.job]!
    const told = this.#stage.classOf(run.job).afterFailure(jobs.entity[run.job]!, run.attempt)
    machine.settle({ settlements: [{ id, epoch: run.epoch, outcome: 'fail', bucket, error, ...told }] }, at)
    this.#leaveWorker(run)
    this.#afterFailure(run)
  }

  #afterFailure(run: Run): void {
    const { machine, jobs, ledger, now, heap } = this.#stage
    const { job } = run
    const model = this.#stage.classOf(job)
    ledger.failed(model.index, now, jobs.entity[job]!, run.attempt)
    const row = machine.rows.job(jobs.ids[job]!)
    if (row?.state !== 'retrying') {
      this.#departures.ends(job, 'dead')
      return
    }
    jobs.whereabouts[job] = whereabouts.backoff
    jobs.since[job] = now
    ledger.queues[model.queue]!.backoff.enter(now)
    heap.push(toMicros(row.runAt), phase.retry, event.retryDue, job)
  }

  /** A result that comes after the job was given to another: the core refuses it. */
  #settleLate(run: Run): void {
    const { machine, at, jobs, ledger, now } = this.#stage
    this.#settlement.id = jobs.ids[run.job]!
    this.#settlement.epoch = run.epoch
    const { outcomes } = machine.settle(this.#settle, at)
    if (outcomes[0] === 'lost') ledger.lost(jobs.ofClass[run.job]!, now, jobs.entity[run.job]!, run.attempt)
  }

  #leaveWorker(run: Run): void {
    const { ledger, now } = this.#stage
    ledger.settled(this.#stage.classOf(run.job).queue, now, run.claimedAt)
  }

  /** The timed-out handler goes on for nothing. */
  #linger(run: Run, number: number): void {
    const { ledger, now, heap } = this.#stage
    run.held = false
    run.claimedAt = now
    run.dueAt = now + run.linger
    ledger.idleWork.enter(now)
    heap.push(run.dueAt, phase.completion, event.runEnds, number)
  }

  #freeSlot(run: Run, number: number): void {
    const { runs, crew, jobs } = this.#stage
    const { job } = run
    const worker = crew.workers[run.worker]!
    const { queue } = this.#stage.classOf(job)
    runs.give(number)
    jobs.runs[job]!--
    this.#departures.give(job)
    worker.busy--
    if (this.#isPolled) return
    this.claim(worker)
    crew.list(worker)
    if (this.#isLimited[queue]!) this.dispatch(queue)
  }
}

/** As a claim that finds nothing does. */
function forgetCredits({ claim }: Worker): void {
  if (claim.queues.some(({ credit }) => credit !== 0))
    claim.queues = claim.queues.map((share) => ({ ...share, credit: 0 }))
}
