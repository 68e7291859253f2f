import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  gateLimit,
  gateOpensAt,
  gateStatus,
  initialGate,
  nextGate,
  type GateInput,
  type GateState,
} from '../../packages/browser/src/gate-state.ts'
import type { Verdict } from '../../packages/browser/src/verdict.ts'

const verdict: fc.Arbitrary<Verdict> = fc.oneof(
  fc.constantFrom<Verdict>(
    { kind: 'delivered' },
    { kind: 'fault' },
    { kind: 'captive' },
    { kind: 'unauthorized' },
    { kind: 'busy' },
    { kind: 'refused' },
  ),
  fc.nat(100_000).map((retryAfterMs): Verdict => ({ kind: 'busy', retryAfterMs })),
)

type Step = (gate: GateState, now: number) => GateInput

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.boolean().map((online): Step => (_, now) => ({ type: 'hint', online, now })),
  fc.boolean().map((metered): Step => () => ({ type: 'metered', metered })),
  fc.constant<Step>((_, now) => ({ type: 'resume', now })),
  fc
    .tuple(verdict, fc.boolean(), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([told, isOld, draw]): Step => ({ resumes }, now) => ({
      type: 'ended',
      verdict: told,
      resumes: isOld ? resumes - 1 : resumes,
      now,
      draw,
    })),
)

const story = fc.array(fc.tuple(fc.nat(20_000), step), { maxLength: 40 })

/** Tells each step of a story, with the gate before and after it. */
function follow(
  steps: readonly (readonly [number, Step])[],
  look: (before: GateState, input: GateInput, after: GateState, now: number) => void,
): void {
  let gate = initialGate
  let now = 0
  for (const [pause, next] of steps) {
    now += pause
    const input = next(gate, now)
    const after = nextGate(gate, input)
    look(gate, input, after, now)
    gate = after
  }
}

function check(look: Parameters<typeof follow>[1]): void {
  fc.assert(fc.property(story, (steps) => follow(steps, look)))
}

function ended(gate: GateState, told: Verdict, now = 0, draw = 0.5): GateState {
  return nextGate(gate, { type: 'ended', verdict: told, resumes: gate.resumes, now, draw })
}

const online = ended(initialGate, { kind: 'delivered' })

describe('whatever happens,', () => {
  test('nothing goes while parked or metered, and only resume unparks', () => {
    check((before, input, after, now) => {
      if (after.parked || after.metered) expect(gateLimit(after, now)).toBe(0)
      if (before.parked && !after.parked) expect(input.type).toBe('resume')
    })
  })

  test('it says online only after something came through, and one canary goes otherwise', () => {
    check((before, input, after, now) => {
      if (gateStatus(after) !== 'online') return expect(gateLimit(after, now)).toBeLessThanOrEqual(1)
      if (gateStatus(before) === 'online' || before.metered || before.parked) return
      expect(input).toMatchObject({ verdict: { kind: expect.stringMatching('delivered|refused') } })
    })
  })

  test('it opens by itself, at the time it says, unless it is parked or metered', () => {
    check((_before, _input, after, now) => {
      if (after.parked || after.metered) return expect(gateOpensAt(after, now)).toBe(Infinity)
      const opensAt = gateLimit(after, now) > 0 ? now : gateOpensAt(after, now)
      expect(opensAt).toBeLessThan(Infinity)
      expect(gateLimit(after, opensAt)).toBeGreaterThan(0)
    })
  })

  test('a pause is a minute at most, and nothing goes before the time a server named', () => {
    check((_before, input, after, now) => {
      expect(after.canaryAt - now).toBeLessThanOrEqual(60_000)
      if (input.type !== 'ended' || input.verdict.kind !== 'busy') return
      const { retryAfterMs = 0 } = input.verdict
      if (retryAfterMs > 0) expect(gateLimit(after, now + retryAfterMs - 1)).toBe(0)
    })
  })

  test('the limit at most doubles with each answer', () => {
    check((before, _input, after, now) => {
      expect(gateLimit(after, now)).toBeLessThanOrEqual(Math.max(1, before.ramp * 2))
    })
  })

  test('one success ends suspicion, whatever the browser says', () => {
    check((before, input, after) => {
      if (input.type !== 'ended' || input.verdict.kind !== 'delivered') return
      if (!before.parked && !before.metered) expect(gateStatus(after)).toBe('online')
    })
  })
})

describe('the gate', () => {
  test('ramps from one canary: 1, 2, 4, 8', () => {
    let gate = initialGate
    const limits = [1, 2, 3, 4].map(() => {
      const limit = gateLimit(gate, 0)
      gate = ended(gate, { kind: 'delivered' })
      return limit
    })
    expect(limits).toEqual([1, 2, 4, 8])
  })

  test('the third fault in a row opens the breaker, not the second', () => {
    const twice = ended(ended(online, { kind: 'fault' }), { kind: 'fault' })
    expect(gateStatus(twice)).toBe('online')
    const thrice = ended(twice, { kind: 'fault' }, 100)
    expect([gateStatus(thrice), gateLimit(thrice, 100), gateOpensAt(thrice, 100)]).toEqual([
      'suspect',
      0,
      100 + 750,
    ])
  })

  test('each failed canary doubles the pause; those that fail with it do not', () => {
    const first = ended(initialGate, { kind: 'fault' }, 0, 1)
    const together = ended(first, { kind: 'fault' }, 10, 1)
    expect(together.canaryAt).toBe(1_000)
    expect(ended(together, { kind: 'fault' }, 1_000, 1).canaryAt).toBe(3_000)
  })

  test('a page that answers in place of the server makes it captive until the server answers', () => {
    const captive = ended(online, { kind: 'captive' })
    expect(gateStatus(captive)).toBe('captive')
    expect(gateStatus(ended(captive, { kind: 'fault' }))).toBe('captive')
    expect(gateStatus(ended(captive, { kind: 'delivered' }))).toBe('online')
  })

  test('credentials of before the resume do not park it again', () => {
    const parked = ended(online, { kind: 'unauthorized' })
    expect(gateStatus(parked)).toBe('authNeeded')
    const resumed = nextGate(parked, { type: 'resume', now: 5 })
    const late = nextGate(resumed, {
      type: 'ended',
      verdict: { kind: 'unauthorized' },
      resumes: parked.resumes,
      now: 6,
      draw: 0,
    })
    expect(gateLimit(late, 6)).toBe(1)
  })

  test('offline looks for itself after a minute', () => {
    const offline = nextGate(online, { type: 'hint', online: false, now: 0 })
    expect([gateStatus(offline), gateLimit(offline, 59_999), gateLimit(offline, 60_000)]).toEqual([
      'offline',
      0,
      1,
    ])
  })

  test('a Retry-After holds back even what another success would let go', () => {
    const held = ended(online, { kind: 'busy', retryAfterMs: 5_000 }, 0)
    const after = ended(held, { kind: 'delivered' }, 1)
    expect([gateLimit(after, 4_999), gateLimit(after, 5_000)]).toEqual([0, 2])
  })
})
