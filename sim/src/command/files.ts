import { readFileSync, writeFileSync } from 'node:fs'
import { usage } from './arguments.ts'

/** An object from a file of JSON. */
export function objectIn(path: string): Readonly<Record<string, unknown>> {
  const value = parsed(path, textIn(path))
  if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>
  throw usage(`${path} holds no object: this is no file of the simulator's`)
}

export function write(path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (cause) {
    throw usage(`${path} cannot be written: ${(cause as Error).message}`)
  }
}

function textIn(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw usage(`${path} cannot be read: ${(cause as Error).message}`)
  }
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw usage(`${path} is not JSON: ${(cause as Error).message}`)
  }
}
