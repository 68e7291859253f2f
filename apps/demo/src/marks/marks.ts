import type { State } from '@millrace/core'

/** How a state looks: one shape and one colour, the same on canvas, in SVG and in the legend. */
export interface MarkShape {
  /** In a box of 24 by 24. */
  readonly path: string
  /** Filled with its colour, or drawn as an outline. */
  readonly filled: boolean
  readonly says: string
}

const circle = 'M12 4.5a7.5 7.5 0 1 0 0 15a7.5 7.5 0 1 0 0-15z'

export const markOf: Readonly<Record<State, MarkShape>> = {
  scheduled: { path: `${circle}M12 8v4l3 2`, filled: false, says: 'waits for its time' },
  blocked: { path: 'M5 5h14v14h-14zM5 12h14', filled: false, says: 'waits for other jobs' },
  enqueued: { path: circle, filled: true, says: 'any worker may take it' },
  processing: {
    path: 'M12 4l8 8l-8 8l-8-8z',
    filled: true,
    says: 'lent to one worker, for as long as its lease lasts',
  },
  retrying: { path: 'M12 4l8.5 15h-17z', filled: true, says: 'failed, waits before the next try' },
  completed: {
    path: 'M7 4h10a3 3 0 0 1 3 3v10a3 3 0 0 1-3 3h-10a3 3 0 0 1-3-3v-10a3 3 0 0 1 3-3zM8 12l3 3l5.5-6.5',
    filled: false,
    says: 'done',
  },
  dead: {
    path: 'M8.5 4h7l4.5 4.5v7l-4.5 4.5h-7l-4.5-4.5v-7zM9 9l6 6M15 9l-6 6',
    filled: false,
    says: 'put aside among the dead letters',
  },
  cancelled: { path: `${circle}M7 17l10-10`, filled: false, says: 'ended on request' },
  expired: {
    path: 'M6 4h12l-12 16h12z',
    filled: false,
    says: 'too late: its deadline passed, or it was shed',
  },
}

/** Textures of priority: stripes for high, plain for normal, a hole for low. */
export type Texture = 'plain' | 'stripes' | 'hole'

export const textureSays: Readonly<Record<Texture, string>> = {
  stripes: 'high priority',
  plain: 'normal priority',
  hole: 'low priority',
}
