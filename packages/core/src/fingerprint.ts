import type { JobError } from './job.ts'

/**
 * What makes two dead letters alike: the error's name, its message without the parts that differ from case to case
 * (numbers, ids, quoted text), and the top frame of its stack.
 */
export function fingerprintOf(
  error: Pick<JobError, 'name' | 'message' | 'stack'> | undefined,
  reason: string,
): string {
  if (error === undefined) return reason
  const message = normalise(error.message)
  const frame = topFrame(error.stack)
  return `${error.name}: ${message}${frame === '' ? '' : ` @ ${frame}`}`.slice(0, 512)
}

/** Bounded before any pattern runs over it: messages come from anywhere. */
function normalise(message: string): string {
  return message
    .slice(0, 512)
    .replace(/"[^"]*"|'[^']*'|`[^`]*`/g, '<text>')
    .replace(/\b[0-9a-fA-F-]{16,}\b/g, '<id>')
    .replace(/\d+/g, '<n>')
}

/** Function and file of the first frame; without line and column, which change with every build. */
function topFrame(stack: string | undefined): string {
  const line = stack
    ?.slice(0, 4_096)
    .split('\n')
    .find((text) => text.trimStart().startsWith('at '))
  if (line === undefined) return ''
  return line
    .trim()
    .slice(3, 200)
    .replace(/:\d+:\d+\)?$/, '')
    .replace(/\(?(?:file:\/\/)?[^\s(]*[/\\]/, '')
}
