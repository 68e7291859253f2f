import type { Moment } from '@millrace/core'
import { EventHeap } from '../kernel/event-heap.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { classModels, type ClassModel } from './class-model.ts'
import { Crew } from './crew.ts'
import { JobSlots } from './job-slots.ts'
import { Ledger } from './ledger.ts'
import type { Machine } from './machine.ts'
import { Runs } from './runs.ts'
import { queueConfigs } from './translate.ts'
import { toMillis, type Micros } from './virtual-time.ts'

/** Kinds of event; what each one's subject is, its handler says. */
export const event = {
  runEnds: 0,
  deadline: 1,
  leaseEnds: 2,
  breakdown: 3,
  repair: 4,
  outage: 5,
  outageEnds: 6,
  scale: 7,
  startup: 8,
  retryDue: 9,
  arrival: 10,
  userArrival: 11,
  burst: 12,
  poll: 13,
  wake: 14,
  producerLeaves: 15,
  warmupEnds: 16,
  fork: 17,
} as const

/** What all parts of one run share: the time, the events to come, the machine, and the books. */
export class Stage {
  scenario: Scenario
  readonly machine: Machine
  readonly heap: EventHeap = new EventHeap()
  readonly ledger: Ledger
  readonly classes: readonly ClassModel[]
  readonly jobs: JobSlots = new JobSlots()
  readonly runs: Runs = new Runs()
  readonly crew: Crew
  /** The time as the core is told it. */
  readonly at: { -readonly [Name in keyof Moment]: Moment[Name] }
  now: Micros = 0

  constructor(scenario: Scenario, machine: Machine) {
    this.scenario = scenario
    this.machine = machine
    this.ledger = new Ledger(scenario)
    this.classes = classModels(scenario)
    this.crew = new Crew(scenario)
    this.at = { now: toMillis(0), seed: (scenario.seed ^ (scenario.seed / 2 ** 32)) | 0 }
    machine.run('configure', { queues: queueConfigs(scenario) }, this.at)
  }

  moveTo(time: Micros): void {
    this.now = time
    this.at.now = toMillis(time)
  }

  /** Other settings from now on; what the jobs carry they keep. */
  change(scenario: Scenario): void {
    this.scenario = scenario
    classModels(scenario).forEach((model, index) => {
      const present = this.classes[index]!
      Object.assign(present, model, { made: present.made })
    })
    this.crew.reweigh(scenario)
    this.machine.run('configure', { queues: queueConfigs(scenario) }, this.at)
  }

  classOf(job: number): ClassModel {
    return this.classes[this.jobs.ofClass[job]!]!
  }
}
