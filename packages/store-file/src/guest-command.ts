import type { Moment, Request } from '@millrace/core'

const guestCommands = [
  'findJob',
  'listJobs',
  'countJobs',
  'groupDead',
  'explain',
  'listSchedules',
  'cancel',
  'pause',
  'redrive',
  'discard',
] as const

/** What another process may ask the owner to run: to look inside and to steer, not to work. */
export type GuestCommand = (typeof guestCommands)[number]

export interface GuestRequest<N extends GuestCommand = GuestCommand> {
  readonly name: N
  readonly request: Request<N>
  readonly at: Moment
}

export function isGuestCommand(value: object): value is GuestRequest {
  return (
    'name' in value &&
    guestCommands.some((name) => name === value.name) &&
    'request' in value &&
    isObject(value.request) &&
    'at' in value &&
    isObject(value.at)
  )
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}
