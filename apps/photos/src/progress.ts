export interface Progress {
  readonly total: number
  /** Photos published or dead, in this run and before. */
  readonly done: number
  /** The part of `done` that this run did. */
  readonly now: number
  readonly dead: number
  readonly elapsedMs: number
}

/** Photos per second in this run; 0 as long as nobody can tell. */
export function rateOf({ now, elapsedMs }: Pick<Progress, 'now' | 'elapsedMs'>): number {
  return elapsedMs <= 0 ? 0 : (now * 1000) / elapsedMs
}

/** `42 of 60 photos, 8.3/s, 3 s left, 1 dead` */
export function progressText(progress: Progress): string {
  const rate = rateOf(progress)
  const parts = [`${progress.done} of ${progress.total} photos`]
  if (rate > 0)
    parts.push(`${rate.toFixed(1)}/s`, `${timeText((progress.total - progress.done) / rate)} left`)
  if (progress.dead > 0) parts.push(`${progress.dead} dead`)
  return parts.join(', ')
}

/** The same with a bar before it, made to fit one line of the terminal. */
export function progressBar(progress: Progress, columns: number): string {
  const text = progressText(progress)
  const share = progress.total === 0 ? 1 : progress.done / progress.total
  const percent = `${Math.floor(share * 100)} %`.padStart(5)
  const width = Math.min(40, columns - text.length - percent.length - 4)
  if (width < 5) return text.slice(0, Math.max(0, columns - 1))
  const full = Math.floor(share * width)
  return `${'█'.repeat(full)}${'░'.repeat(width - full)} ${percent}  ${text}`
}

/** `7 s`, `3 min 20 s`, `2 h 5 min`: the two largest units. */
export function timeText(seconds: number): string {
  const whole = Math.ceil(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}
