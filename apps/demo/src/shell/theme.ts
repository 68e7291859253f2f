import { effect, signal } from '@preact/signals'

export type Theme = 'light' | 'dark'

const stored = localStorage.getItem('theme')
const wanted = matchMedia('(prefers-color-scheme: dark)')

/** The colours in force: the reader's choice, or else the system's. */
export const theme = signal<Theme>(
  stored === 'light' || stored === 'dark' ? stored : wanted.matches ? 'dark' : 'light',
)

effect(() => {
  document.documentElement.dataset.theme = theme.value
})

wanted.addEventListener('change', ({ matches }) => {
  if (localStorage.getItem('theme') === null) theme.value = matches ? 'dark' : 'light'
})

export function chooseTheme(choice: Theme): void {
  localStorage.setItem('theme', choice)
  theme.value = choice
}
