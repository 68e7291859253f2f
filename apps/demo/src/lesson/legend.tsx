import type { JSX } from 'preact'
import type { State } from '@millrace/core'
import { useEffect, useRef } from 'preact/hooks'
import { moves, type Move } from '../kernel/trace.ts'
import { Mark } from '../marks/mark.tsx'
import { markOf, textureSays } from '../marks/marks.ts'
import { theme } from '../shell/theme.ts'
import { Sprites, type Look } from '../stage/sprites.ts'
import type { Shown } from './worlds.ts'

/** What befalls jobs in some films only. */
const endings: readonly (readonly [Move, State, string])[] = [
  ['outside', 'blocked', 'outside: its producer waits for room'],
  ['refused', 'cancelled', 'turned away: there was no room'],
  ['shed', 'expired', 'thrown out: to make room for another'],
]

/** What the marks mean, of those that can be seen here. */
export function Legend({ shown }: { readonly shown: readonly Shown[] }): JSX.Element {
  const hasBackoff = shown.some(({ world }) => world.backoff)
  const states: readonly State[] = [
    'enqueued',
    'processing',
    ...(hasBackoff ? (['retrying', 'dead'] as const) : []),
    'completed',
  ]
  const happens = (move: Move): boolean =>
    shown.some(({ trace }) => trace.moves.includes(moves.indexOf(move)))
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
      {endings
        .filter(([move]) => happens(move))
        .map(([move, state, says]) => (
          <li class="chip" key={move}>
            <Mark state={state} />
            {says}
          </li>
        ))}
      {happens('lingers') && (
        <li class="chip">
          <svg class="mark" viewBox="0 0 24 24" width="1.25em" height="1.25em" aria-hidden="true">
            <path class="wasted" d="M3 3h18v18h-18z" stroke-dasharray="3 3" />
            <path class="wasted" d="M7 7l10 10M17 7l-10 10" />
          </svg>
          busy for nothing: nobody waits for this result any more
        </li>
      )}
      {shown.some(({ world }) => world.away) && (
        <li class="chip">
          <svg class="mark" viewBox="0 0 24 24" width="1.25em" height="1.25em" aria-hidden="true">
            <path class="wasted" d="M3 3h18v18h-18z" stroke-dasharray="1 4" />
          </svg>
          not at work: a worker that has stopped or has yet to come
        </li>
      )}
      {looks.length > 1 &&
        looks.map((look) => (
          <li class="chip" key={look.label}>
            <LookMark look={look} />
            {nameOf(look)}
          </li>
        ))}
    </ul>
  )
}

function nameOf({ label, mine, texture }: Look): string {
  const says = textureSays[texture]
  if (says.startsWith(label)) return says
  return mine === true || texture === 'plain' ? label : `${label}, ${says}`
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
