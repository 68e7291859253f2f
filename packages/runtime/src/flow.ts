import {
  inOrder,
  MillraceError,
  type Extras,
  type FlowStep as StoredStep,
  type NewJob,
  type Parent,
} from '@millrace/core'
import { closedError, type CommandRunner } from './command-runner.ts'
import { JobDefinition } from './define-job.ts'
import { newJob, type ChildOptions } from './enqueue-options.ts'
import type { JobId } from './job-id.ts'
import { checkKey, checkName } from './names.ts'
import { badArgument, checkOneOf, checkOptions } from './options.ts'
import { checkInput } from './producer.ts'

/** What a step comes after: the name of another step, or that and what becomes of this one if the other does not complete. */
export type FlowAfter<Step extends string = string> =
  | Step
  | {
      readonly step: Step
      /** `fail`: this one dies too (if not given); `continue`: it runs anyway; `skip`: it is cancelled. */
      readonly onFailure: Parent['onFailure']
    }

/** A job made with `defineJob` that takes this. */
export interface Takes<Input> extends Pick<JobDefinition<never, unknown>, 'kind'> {
  readonly '~types'?: (payload: never, input: Input) => unknown
}

/** One step of a flow, and where it stands in it. */
export interface FlowStep<Step extends string = string> extends Pick<
  ChildOptions,
  'delay' | 'runAt' | 'priority' | 'key' | 'deadline'
> {
  /** Its name in this flow, 1 to 64 characters. */
  readonly id: Step
  readonly job: Takes<never>
  readonly payload: unknown
  readonly after?: readonly FlowAfter<Step>[]
  /** Undoes this step, with the same payload, when a later one dies: steps are undone one by one, the latest first. */
  readonly compensate?: Takes<never>
}

type InputOf<Job> = Job extends Takes<infer Input> ? Input : never

/** What must hold of steps: each payload is what its job takes, and each comes after others of them. */
export type CheckedSteps<Steps extends readonly FlowStep[]> = {
  readonly [Index in keyof Steps]: Steps[Index] & {
    readonly payload: InputOf<Steps[Index]['job']>
    readonly after?: readonly FlowAfter<Steps[number]['id']>[]
    readonly compensate?: Takes<InputOf<Steps[Index]['job']>>
  }
}

export interface FlowOptions {
  /** The flow's own; the same id again answers the flow that is there. */
  readonly id?: string
  readonly correlationId?: string
  /** W3C traceparent of the producer. */
  readonly trace?: string
}

/** A flow that was stored. */
export interface Flow<Step extends string = string> {
  readonly id: string
  readonly jobs: Readonly<Record<Step, JobId>>
}

// Room for a step, and for what core appends to name its successors, within the bounds of an id.
const longestFlow = 40
const longestStep = 64

const stepOptions = ['delay', 'runAt', 'priority', 'key', 'deadline'] as const
const known = ['id', 'job', 'payload', 'after', 'compensate', ...stepOptions]

/** Jobs that come one after the other, stored in one command. */
export class Flows {
  readonly #commands: CommandRunner
  readonly #payloadLimit: number

  constructor(commands: CommandRunner, payloadLimit: number) {
    this.#commands = commands
    this.#payloadLimit = payloadLimit
  }

  /** All steps or none; a queue without room for one of them refuses the flow, whatever its overflow. */
  async enqueue<Step extends string>(
    steps: readonly FlowStep<Step>[],
    options: FlowOptions,
  ): Promise<Flow<Step>> {
    checkOptions(options, ['id', 'correlationId', 'trace'], 'flow')
    const id = flowId(options.id ?? this.#commands.entropy.id())
    const ordered = inOrder(checkSteps(steps))
    for (const { job, step } of ordered) await checkInput(job, step.payload)
    if (this.#commands.closed) throw closedError()
    const jobs = ordered.map(({ job, step }) => this.#newJob(id, job, step, options))
    await this.#commands.run('enqueue', { jobs, atomic: true })
    return {
      id,
      jobs: Object.fromEntries(steps.map((step) => [step.id, jobId(id, step.id)])) as Flow<Step>['jobs'],
    }
  }

  #newJob(flow: string, job: Node['job'], step: FlowStep, { correlationId, trace }: FlowOptions): NewJob {
    const { clock } = this.#commands
    // Merged with another job, a step would have neither its place nor its children.
    const options: ChildOptions = { ...optionsOf(step), unique: false }
    const extras: Extras = {
      ...(correlationId !== undefined && { correlationId: checkKey(correlationId, 'correlationId') }),
      ...(trace !== undefined && { trace: checkKey(trace, 'trace') }),
      ...(step.after !== undefined && step.after.length > 0 && { parents: parentsOf(flow, step.after) }),
      flow: storedStep(flow, step),
    }
    return newJob(jobId(flow, step.id), job, step.payload, options, extras, clock, this.#payloadLimit)
  }
}

function flowId(id: string): string {
  if (checkName(id, 'the id of a flow').length <= longestFlow) return id
  throw badArgument(`the id of a flow has at most ${longestFlow} characters`)
}

function jobId(flow: string, step: string): JobId {
  return `${flow}.${step}`
}

interface Node {
  readonly id: string
  readonly after: readonly string[]
  readonly step: FlowStep
  readonly job: JobDefinition<unknown, unknown>
}

function checkSteps(steps: readonly FlowStep[]): readonly Node[] {
  if (!Array.isArray(steps) || steps.length === 0)
    throw new MillraceError('FLOW_INVALID', 'a flow has at least one step', { outcome: 'no' })
  return steps.map((step) => {
    checkOptions(step, known, 'a step of a flow')
    const { id, job, compensate, after = [] } = step
    if (checkName(id, 'the id of a step').length > longestStep)
      throw badArgument(`the id of a step has at most ${longestStep} characters`)
    if (!(job instanceof JobDefinition)) throw badArgument(`step ${id}: job must be made with defineJob`)
    if (compensate !== undefined && !(compensate instanceof JobDefinition))
      throw badArgument(`step ${id}: compensate must be made with defineJob`)
    if (!Array.isArray(after)) throw badArgument(`step ${id}: after must be a list of steps`)
    return { id, after: after.map(nameOf), step, job: job as JobDefinition<unknown, unknown> }
  })
}

function nameOf(after: FlowAfter): string {
  return typeof after === 'string' ? after : after.step
}

function parentsOf(flow: string, after: readonly FlowAfter[]): readonly Parent[] {
  return after.map((parent) => {
    const onFailure = typeof parent === 'string' ? 'fail' : parent.onFailure
    checkOneOf(onFailure, ['fail', 'continue', 'skip'], 'onFailure')
    return { id: jobId(flow, nameOf(parent)), onFailure }
  })
}

function storedStep(flow: string, { id, compensate }: FlowStep): StoredStep {
  return { id: flow, step: id, ...(compensate !== undefined && { compensate: compensate.kind }) }
}

function optionsOf(step: FlowStep): ChildOptions {
  return Object.fromEntries(
    stepOptions.flatMap((name) => (step[name] === undefined ? [] : [[name, step[name]]])),
  )
}
