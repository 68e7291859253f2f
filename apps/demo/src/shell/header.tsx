import type { JSX } from 'preact'
import { chooseTheme, theme } from './theme.ts'

/** The head of every page. `home` leads to the list of lessons. */
export function Header({ home }: { readonly home: string }): JSX.Element {
  const other = theme.value === 'dark' ? 'light' : 'dark'
  return (
    <header class="site-head">
      <a class="brand" href={home}>
        <svg viewBox="0 0 32 32" width="30" height="30" aria-hidden="true">
          <circle class="brand-wheel" cx="16" cy="16" r="10.5" />
          <path class="brand-wheel" d="M16 2v28M2 16h28M6 6l20 20M26 6l-20 20" />
          <circle class="brand-hub" cx="16" cy="16" r="4" />
        </svg>
        Millrace
      </a>
      <button type="button" onClick={() => chooseTheme(other)}>
        {other === 'dark' ? 'Dark' : 'Light'} colours
      </button>
    </header>
  )
}
