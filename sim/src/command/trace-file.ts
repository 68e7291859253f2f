import { readFileSync } from 'node:fs'
import { readTrace, type Trace } from '../trace/trace.ts'
import { usage } from './arguments.ts'

/** A trace from its file. */
export function traceOf(path: string): Trace {
  return readTrace(linesOf(bytesOf(path)))
}

function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw usage(`${path} cannot be read: ${(cause as Error).message}`)
  }
}

/** One after the other: as a single text a long trace would be too long for an engine. */
function* linesOf(bytes: Buffer): Generator<string> {
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf(10, from)
    const to = end < 0 ? bytes.length : end
    yield bytes.toString('utf8', from, to)
    from = to + 1
  }
}
