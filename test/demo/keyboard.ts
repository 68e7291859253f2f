import type { Page } from 'playwright'

/** A window for what is not about the look: there is less to paint. */
export const small = { viewport: { width: 800, height: 600 } } as const

type Way = 'Tab' | 'Shift+Tab'

/** On, or back, until the focus is on the control of this name, and no further than once round the page. */
export async function tabTo(page: Page, name: string, way: Way = 'Tab'): Promise<void> {
  for (let presses = 0; presses < 90; presses++) {
    if (await page.evaluate(isFocused, name)) return
    await page.keyboard.press(way)
  }
  throw new Error(`the keyboard does not get to: ${name}`)
}

/** As somebody does who has no mouse. */
export async function press(
  page: Page,
  name: string,
  key: 'Enter' | 'Space' = 'Enter',
  way: Way = 'Tab',
): Promise<void> {
  await tabTo(page, name, way)
  await page.keyboard.press(key)
}

function isFocused(name: string): boolean {
  const one = document.activeElement as HTMLInputElement | null
  if (one === null || one === document.body) return false
  const label = one.getAttribute('aria-label') ?? one.labels?.[0]?.textContent ?? one.textContent
  return label.trim().startsWith(name)
}
