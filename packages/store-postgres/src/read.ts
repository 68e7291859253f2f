import type { ListFilter, Millis, State } from '@millrace/core'

/** One question a command asks of its rows, as data: what a slice loads, and what it may then answer. */
export type Read =
  | { readonly kind: 'job'; readonly id: string }
  | {
      readonly kind: 'ready'
      readonly queue: string
      readonly names: readonly string[] | undefined
      readonly limit: number
    }
  | {
      readonly kind: 'sheddable'
      readonly queue: string
      readonly order: 'oldest' | 'lowest'
      readonly limit: number
    }
  | { readonly kind: Clocked; readonly now: Millis; readonly limit: number }
  | { readonly kind: 'held'; readonly owner: string }
  | { readonly kind: 'unique'; readonly key: string }
  | { readonly kind: 'idempotency'; readonly key: string }
  | { readonly kind: 'slots'; readonly queue: string; readonly key: string; readonly limit: number }
  | { readonly kind: 'waitingKeys'; readonly queue: string }
  /** With `deep`, those that depend on them too, and so on. */
  | { readonly kind: 'dependents'; readonly id: string; readonly deep?: boolean }
  | { readonly kind: 'flow'; readonly id: string }
  | { readonly kind: 'list'; readonly filter: ListFilter }
  | { readonly kind: 'ended'; readonly queue: string; readonly state: State; readonly limit: number }
  | { readonly kind: 'queue'; readonly name: string }
  | { readonly kind: 'queueNames' }
  | { readonly kind: 'counters'; readonly queue: string }
  | { readonly kind: 'key'; readonly queue: string; readonly key: string }
  | { readonly kind: 'keys'; readonly queue: string }
  | { readonly kind: 'schedule'; readonly id: string }
  | { readonly kind: 'schedules' }
  | { readonly kind: 'nextAt'; readonly limit: number }

export type ReadKind = Read['kind']
export type ReadOf<K extends ReadKind> = Extract<Read, { readonly kind: K }>

/** Lists of what a time has passed for. */
export type Clocked = 'due' | 'expired' | 'overdue'

/** What makes two reads the same question; a limit only says how much of the answer is wanted. */
export function keyOf(read: Read): string {
  switch (read.kind) {
    case 'job':
    case 'dependents':
    case 'flow':
    case 'schedule':
      return `${read.kind} ${read.id}`
    case 'ready':
      return `ready ${read.queue} ${read.names === undefined ? '' : JSON.stringify(read.names)}`
    case 'sheddable':
      return `sheddable ${read.queue} ${read.order}`
    case 'held':
      return `held ${read.owner}`
    case 'unique':
    case 'idempotency':
      return `${read.kind} ${read.key}`
    case 'slots':
    case 'key':
      return `${read.kind} ${read.queue} ${read.key}`
    case 'list':
      return `list ${JSON.stringify({ ...read.filter, limit: 0 })}`
    case 'ended':
      return `ended ${read.queue} ${read.state}`
    case 'queue':
      return `queue ${read.name}`
    case 'waitingKeys':
    case 'counters':
    case 'keys':
      return `${read.kind} ${read.queue}`
    case 'due':
    case 'expired':
    case 'overdue':
    case 'queueNames':
    case 'schedules':
    case 'nextAt':
      return read.kind
  }
}

export function limitOf(read: Read): number {
  if (read.kind === 'list') return read.filter.limit
  return 'limit' in read ? read.limit : Infinity
}

/** The same question, with more of the answer wanted. */
export function withLimit(read: Read, limit: number): Read {
  if (read.kind === 'list') return { ...read, filter: { ...read.filter, limit } }
  return 'limit' in read ? { ...read, limit } : read
}

/**
 * Thrown by a slice that is asked what it did not load. It never answers empty instead: the transaction loads the answer and runs
 * the command again, which is safe because a command has done nothing but to the slice.
 */
export class Unread extends Error {
  readonly read: Read

  constructor(read: Read) {
    super(`the slice was asked for what it did not load: ${keyOf(read)}`)
    this.read = read
  }
}
