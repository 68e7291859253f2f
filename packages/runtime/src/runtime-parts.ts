import type { CommandRunner } from './command-runner.ts'
import { DeadLetters } from './dead-letters.ts'
import { Drain } from './drain.ts'
import { EndedJobs } from './ended-jobs.ts'
import { Events } from './events.ts'
import { Flows } from './flow.ts'
import { Handlers } from './handlers.ts'
import { Inspection } from './inspection.ts'
import { JobView } from './job-view.ts'
import { Maintenance } from './maintenance.ts'
import { Metrics } from './metrics.ts'
import { Producer } from './producer.ts'
import { Recordings } from './recordings.ts'
import { Results } from './results.ts'
import type { RuntimeSettings } from './runtime-options.ts'
import { Schedules } from './schedules.ts'
import { WaitingRoom } from './waiting-room.ts'
import type { Doing, WorkerWatch } from './worker-watch.ts'
import { Workers } from './workers.ts'

/** What a runtime is put together from. */
export class RuntimeParts {
  readonly commands: CommandRunner
  readonly handlers: Handlers = new Handlers()
  readonly metrics: Metrics
  readonly events: Events
  readonly room: WaitingRoom
  readonly producer: Producer
  readonly results: Results
  readonly drain: Drain
  readonly inspection: Inspection
  readonly ended: EndedJobs
  readonly deadLetters: DeadLetters
  readonly schedules: Schedules
  readonly flows: Flows
  readonly workers: Workers
  readonly maintenance: Maintenance
  readonly recordings: Recordings

  constructor(commands: CommandRunner, { queues, waitPolicies, payloadLimit }: RuntimeSettings) {
    this.commands = commands
    this.metrics = new Metrics(commands.clock)
    this.events = new Events(commands.store, () => this.metrics.count('errors'))
    this.room = new WaitingRoom(commands, waitPolicies)
    this.producer = new Producer(commands, this.room, payloadLimit)
    this.results = new Results(commands)
    this.drain = new Drain(commands)
    this.inspection = new Inspection(commands)
    this.ended = new EndedJobs(this.events, this.inspection)
    this.deadLetters = new DeadLetters(commands, payloadLimit)
    this.schedules = new Schedules(commands, payloadLimit)
    this.flows = new Flows(commands, payloadLimit)
    this.workers = new Workers({
      commands,
      handlers: this.handlers,
      producer: this.producer,
      watch: this.#watch(),
      knownQueues: () => [...new Set([...Object.keys(queues), ...this.handlers.queues()])],
      payloadLimit,
    })
    const trouble = (doing: Doing, error: unknown): void => this.events.trouble(doing, error)
    this.maintenance = new Maintenance(commands, this.workers, this.schedules, trouble)
    this.recordings = new Recordings({ commands, queues, crews: () => this.workers.crews, trouble })
    this.workers.onStart = (crew) => this.recordings.hired(crew)
    this.schedules.expect = (at) => this.maintenance.expect(at)
  }

  /** What workers tell goes to the metrics, to listeners, and to whoever waits for it. */
  #watch(): WorkerWatch {
    return {
      claimed: (jobs) => this.metrics.claimed(jobs),
      ended: (settlement, ms, now) => this.metrics.ended(settlement, ms, now),
      leaseLost: ({ job }) => {
        this.metrics.count('leasesLost')
        this.events.emit({ type: 'leaseLost', job: new JobView(job) })
      },
      abandoned: ({ job }) => {
        this.metrics.count('abandoned')
        this.events.emit({ type: 'abandoned', job: new JobView(job) })
      },
      trouble: (doing, error) => this.events.trouble(doing, error),
      quiet: () => this.drain.quiet(),
      nextAt: (at) => this.maintenance.expect(at),
    }
  }
}
