import { progressBar, progressText, type Progress } from './progress.ts'

/** What happens during a run, told to whoever shows it. */
export type RunEvent =
  | {
      readonly event: 'drawing'
      readonly photos: number
      readonly input: string
      readonly output: string
      /** Goes on with the same photos, should this run be stopped. */
      readonly command: string
    }
  | { readonly event: 'found'; readonly photos: number; readonly published: number; readonly dead: number }
  | { readonly event: 'unreadable' | 'trouble'; readonly message: string }
  | { readonly event: 'completed'; readonly job: string; readonly path: string }
  | {
      readonly event: 'retrying' | 'dead'
      readonly job: string
      readonly path: string
      readonly message: string
    }
  | ({ readonly event: 'progress' } & Progress)
  | { readonly event: 'stopping' }
  | ({ readonly event: 'summary' } & Summary)

export interface Summary {
  readonly photos: number
  /** Published, in this run and before. */
  readonly completed: number
  readonly completedNow: number
  readonly retried: number
  readonly dead: number
  /** Still in line, because the run was interrupted: the next run goes on with them. */
  readonly unfinished: number
  /** Folders and files that could not be looked at. */
  readonly unreadable: number
  readonly seconds: number
  readonly photosPerSecond: number
  readonly gallery: string
  readonly deadLetters: string
}

export type Report = (event: RunEvent) => void

/** One line of JSON per event. */
export function jsonReport(out: NodeJS.WritableStream): Report {
  return (event) => void out.write(`${JSON.stringify(event)}\n`)
}

/** A bar that moves in place, with what is worth a line above it. */
export function terminalReport(out: NodeJS.WriteStream): Report {
  let bar = ''
  return (event) => {
    if (event.event === 'progress') bar = progressBar(event, out.columns ?? 80)
    if (event.event === 'summary') bar = ''
    const line = lineOf(event)
    out.write(`\r\u001b[K${line === undefined ? '' : `${line}\n`}${bar}`)
  }
}

/** Lines for a file or another program: the progress every two seconds, anything else when it happens. */
export function linesReport(out: NodeJS.WritableStream, everyMs = 2000): Report {
  let shownAtMs = 0
  return (event) => {
    const line = lineOf(event)
    if (line !== undefined) out.write(`${line}\n`)
    if (event.event !== 'progress' || event.elapsedMs - shownAtMs < everyMs) return
    shownAtMs = event.elapsedMs
    out.write(`${progressText(event)}\n`)
  }
}

function lineOf(event: RunEvent): string | undefined {
  switch (event.event) {
    case 'drawing':
      return drawingText(event)
    case 'found':
      return foundText(event)
    case 'unreadable':
      return `cannot be read: ${event.message}`
    case 'trouble':
      return `trouble: ${event.message}`
    case 'retrying':
      return `trying again: ${event.message}`
    case 'dead':
      return `dead letter: ${event.message}`
    case 'stopping':
      return 'stopping: what is in work is finished first (Ctrl-C again stops at once)'
    case 'summary':
      return summaryText(event)
    case 'completed':
    case 'progress':
      return undefined
  }
}

function drawingText({ photos, input, command }: Extract<RunEvent, { event: 'drawing' }>): string {
  return `No folders given, so ${photos} photos are drawn to try it out: ${input}\nStopped or killed, it goes on with: ${command}`
}

function foundText({ photos, published, dead }: Extract<RunEvent, { event: 'found' }>): string {
  const before = `, of earlier runs ${published} published and ${dead} dead`
  return `${photos} photos found${published + dead > 0 ? before : ''}`
}

function summaryText(summary: Summary): string {
  const { photos, completed, completedNow, retried, dead, unfinished, seconds, photosPerSecond } = summary
  const before = completed > completedNow ? ` (${completedNow} in this run)` : ''
  const lines = [
    `${completed} of ${photos} photos completed${before}, ${retried} retried, ${dead} dead, ` +
      `${seconds.toFixed(1)} s, ${photosPerSecond.toFixed(1)} photos/s`,
    `gallery: ${summary.gallery}`,
  ]
  if (unfinished > 0) lines.push(`${unfinished} left for the next run`)
  if (dead > 0) lines.push(`why the dead ones died: ${summary.deadLetters}`)
  return lines.join('\n')
}
