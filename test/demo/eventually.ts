import { expect } from 'vitest'

/** The machine may be busy with other things. */
export const eventually: typeof expect.poll = (ask) => expect.poll(ask, { timeout: 30_000 })
