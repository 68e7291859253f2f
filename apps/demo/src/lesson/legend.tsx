import type { JSX } from 'preact'
import type { State } from '@millrace/core'
import { useEffect, useRef } from 'preact/hooks'
import { Mark } from '../marks/mark.tsx'
import { markOf, textureSays } from '../marks/marks.ts'
import { theme } from '../shell/theme.ts'
import { Sprites, type Look } from '../stage/sprites.ts'
import type { Shown } from './worlds.ts'

/** What the marks mean, of those that can be seen here. */
export function Legend({ shown }: { readonly shown: readonly Shown[] }): JSX.Element {
  const hasBackoff = shown.some(({ world }) => world.backoff)
  const states: readonly State[] = [
    'enqueued',
    'processing',
    ...(hasBackoff ? (['retrying', 'dead'] as const) : []),
    'completed',
  ]
  const looks = shown[0]?.world.cast.looks ?? []
  return (
    <ul class="legend small">
      {states.map((state) => (
        <li class="chip" key={state}>
          <Mark
            state={state}
            {...(state === 'processing' && { ring: 0.7 })}
            {...(state === 'retrying' && { wedge: 0.4 })}
          />
          {state}: {markOf[state].says}
          {state === 'processing' && ' (ring: what is left of it)'}
          {state === 'retrying' && ' (wedge: what is left of that)'}
        </li>
      ))}
      {looks.length > 1 &&
        looks.map((look) => (
          <li class="chip" key={look.label}>
            <LookMark look={look} />
            {look.label}
            {look.mine !== true && look.texture !== 'plain' && `, ${textureSays[look.texture]}`}
          </li>
        ))}
    </ul>
  )
}

/** Drawn by the same hand as on the stage. */
function LookMark({ look }: { readonly look: Look }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const element = canvas.current!
    const sprite = new Sprites(element, 22, 2).get('enqueued', look)
    element.width = sprite.width
    element.height = sprite.height
    element.getContext('2d')!.drawImage(sprite, 0, 0)
  }, [look, theme.value])
  return <canvas class="look" ref={canvas} aria-hidden="true" />
}
