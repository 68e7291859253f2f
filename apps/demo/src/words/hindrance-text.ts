import type { Hindrance } from '@millrace/core'

type Words = {
  readonly [Kind in Hindrance['kind']]: (
    hindrance: Extract<Hindrance, { kind: Kind }>,
    inSeconds: (at: number) => string,
  ) => string
}

const words: Words = {
  notFound: () => 'there is no such job any more',
  ended: ({ state, reason }) => `it has ended: ${reason ?? state}`,
  running: ({ owner, leaseUntil }, inSeconds) =>
    `it is running, ${owner} holds the lease for ${inSeconds(leaseUntil)} more`,
  notDue: ({ runAt }, inSeconds) => `it is due in ${inSeconds(runAt)}`,
  backoff: ({ runAt }, inSeconds) => `it waits out its backoff, ${inSeconds(runAt)} more`,
  dependency: ({ waitsFor }) => `it waits for ${waitsFor.join(' and ')}`,
  key: ({ key, ahead }) => `it waits for ${ahead} with the key ${key}`,
  parked: ({ reason }) => (reason === 'auth' ? 'it waits for a login' : 'it waits for room in this browser'),
  paused: () => 'its queue is paused',
  concurrency: ({ limit }) => `its queue runs ${limit} at once, and ${limit} are running`,
  rate: ({ freeAt }, inSeconds) => `its queue may start the next one in ${inSeconds(freeAt)}`,
  noHandler: ({ name }) => `no worker here has the code of ${name}`,
  inLine: ({ ahead }) =>
    ahead > 0 ? `${ahead} are ahead of it` : 'it is next in line, any worker may take it',
}

/** What `explain` says, in words; `now` on the clock that it speaks of. */
export function hindranceText(hindrance: Hindrance, now: number): string {
  const inSeconds = (at: number): string => `${Math.max(0, (at - now) / 1_000).toFixed(1)} s`
  return (words[hindrance.kind] as (one: Hindrance, inSeconds: (at: number) => string) => string)(
    hindrance,
    inSeconds,
  )
}
