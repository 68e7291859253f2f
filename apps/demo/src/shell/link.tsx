import type { ComponentChildren, JSX } from 'preact'
import { hrefOf, visit } from './address.ts'

interface LinkProps {
  readonly lesson: string | undefined
  readonly current?: boolean
  readonly class?: string
  readonly children: ComponentChildren
}

/** A link to a lesson that stays in the page. */
export function Link({ lesson, current = false, children, ...rest }: LinkProps): JSX.Element {
  const follow = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    visit(lesson)
  }
  const href = hrefOf(new URLSearchParams(lesson === undefined ? {} : { lesson }))
  return (
    <a href={href} onClick={follow} aria-current={current ? 'page' : undefined} class={rest.class}>
      {children}
    </a>
  )
}
