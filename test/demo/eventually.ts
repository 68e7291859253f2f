import { expect, vi } from 'vitest'

type Matchers = ReturnType<typeof expect.poll>

/** Like `expect.poll`, which does not know its test among concurrent ones; the machine may be busy with other things. */
export function eventually(ask: () => unknown): Matchers {
  const matcher =
    (name: string) =>
    (...expected: unknown[]) =>
      vi.waitFor(
        async () => {
          const found = expect(await ask()) as unknown as Record<string, (...expected: unknown[]) => void>
          found[name]!(...expected)
        },
        { timeout: 30_000, interval: 30 },
      )
  return new Proxy({} as Matchers, { get: (_, name) => matcher(String(name)) })
}
