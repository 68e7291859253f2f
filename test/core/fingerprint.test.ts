import { fingerprintOf } from '@millrace/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../depth.ts'

const text = fc.string({ unit: 'binary', maxLength: 2_000 })

describe('the fingerprint of a death', () => {
  it('is alike for errors that differ in numbers, ids and quoted text only', () => {
    const of = (message: string): string => fingerprintOf({ name: 'Error', message }, 'exhausted')
    expect(of('user 17 not found')).toBe(of('user 4711 not found'))
    expect(of('no file "a.png"')).toBe(of(`no file 'b.png'`))
    expect(of('no file "a.png"')).toBe(of('no file `c.png`'))
    expect(of('job 01890a5d-ac96-774b-bcce-b302099a8057 lost')).toBe(
      of('job 01890a5e-0000-774b-aaaa-000000000000 lost'),
    )
    expect(of('disk full')).not.toBe(of('disk slow'))
  })

  it('tells the name and the place of the error apart', () => {
    const of = (name: string, stack: string): string =>
      fingerprintOf({ name, message: 'm', stack }, 'exhausted')
    const first = of(
      'Error',
      'Error: m\n    at resize (/app/src/resize.js:10:5)\n    at run (/app/run.js:1:1)',
    )
    expect(of('Error', 'Error: m\n    at resize (/other/place/resize.js:99:1)')).toBe(first)
    expect(of('Error', 'Error: m\n    at rotate (/app/src/rotate.js:10:5)')).not.toBe(first)
    expect(of('TypeError', 'TypeError: m\n    at resize (/app/src/resize.js:10:5)')).not.toBe(first)
    expect(first).toBe('Error: m @ resize resize.js')
    expect(of('Error', 'Error: m\n    at file:///app/src/resize.js:10:5')).toBe('Error: m @ resize.js')
  })

  it('is the reason when there was no error', () => {
    expect(fingerprintOf(undefined, 'dependencyFailed')).toBe('dependencyFailed')
  })

  it('is short and quickly made, whatever the message and the stack', () => {
    fc.assert(
      fc.property(text, text, text, (name, message, stack) => {
        expect(fingerprintOf({ name, message, stack }, 'exhausted').length).toBeLessThanOrEqual(512)
      }),
      { numRuns: runs(1_000) },
    )
    const nasty = [
      '"'.repeat(1e6),
      'a'.repeat(1e6),
      '-'.repeat(1e6),
      '1a'.repeat(5e5),
      `\n    at ${'('.repeat(1e6)}`,
    ]
    const began = performance.now()
    for (const one of nasty) fingerprintOf({ name: one, message: one, stack: one }, 'exhausted')
    expect(performance.now() - began).toBeLessThan(500)
  })
})
