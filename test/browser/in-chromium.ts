import { test } from 'vitest'
import { findChromium } from './chromium.ts'

const why = findChromium() === undefined ? ' (skipped: there is no chromium on the PATH)' : undefined

/** A test in Chromium. Where there is none it is skipped, and its name says why. */
export function inChromium(name: string, run: () => Promise<void>): void {
  test.skipIf(why !== undefined)(name + (why ?? ''), run)
}

/** One that mostly waits and that others do not disturb: several of a file run at once. */
export function besidesInChromium(name: string, run: () => Promise<void>): void {
  test.skipIf(why !== undefined).concurrent(name + (why ?? ''), run)
}
