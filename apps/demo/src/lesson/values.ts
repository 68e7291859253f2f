import type { Setting, Values } from '../lessons/lesson.ts'

/** Every setting's value: the address's, where it has a legal one, or else its start; and the seed. */
export function valuesOf(settings: readonly Setting[], query: URLSearchParams): Values {
  const chosen = settings.map((setting): [string, string] => {
    const asked = query.get(setting.id)
    return [setting.id, asked !== null && isLegal(setting, asked) ? asked : setting.start]
  })
  const seed = query.get('seed') ?? '1'
  return { ...Object.fromEntries(chosen), seed: /^\d{1,9}$/.test(seed) ? seed : '1' }
}

function isLegal({ range, choices }: Setting, value: string): boolean {
  if (choices !== undefined) return choices.some(([choice]) => choice === value)
  const number = Number(value)
  return value !== '' && number >= range!.min && number <= range!.max
}
