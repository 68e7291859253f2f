import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import type { Frame } from '../kernel/frame.ts'
import { films } from '../kernel/kernel.ts'
import type { HandPart, Values } from '../lessons/lesson.ts'
import { address, amend } from '../shell/address.ts'
import { Deeds } from './deeds.tsx'
import { Scene } from './scene.tsx'
import { Tape } from './tape.tsx'

interface HandStageProps {
  readonly part: HandPart
  readonly values: Values
}

/** Single jobs on the real core. What the reader did stands in the address, and is the film. */
export function HandStage({ part, values }: HandStageProps): JSX.Element {
  const query = address.value
  const deeds = listOf(query.get('deeds'))
  const other = query.get('other') ?? undefined
  const frames = useFrames(part, deeds, values)
  const asked = numberOf(query.get('at'))
  const at = Math.min(frames.length - 1, asked ?? frames.length - 1)
  const frame = frames[at]
  const act = (id: string): void => {
    const kept = asked === undefined ? deeds : deeds.slice(0, asked)
    const left = kept.length < deeds.length ? deeds.join('~') : other
    amend({ deeds: [...kept, id].join('~'), at: undefined, other: left })
  }
  return (
    <div class="stage card" aria-busy={frame === undefined}>
      {frame === undefined ? (
        <p class="muted">The job queue is starting …</p>
      ) : (
        <>
          <Deeds groups={part.groups} offers={frame.offers} onDeed={act} />
          <Scene frame={frame} part={part} frames={frames.slice(0, at + 1)} values={values} />
        </>
      )}
      <Tape frames={frames} deeds={deeds} at={at} other={other} />
    </div>
  )
}

function listOf(text: string | null): readonly string[] {
  return (text ?? '').split('~').filter((one) => one !== '')
}

function numberOf(text: string | null): number | undefined {
  return text !== null && /^\d{1,4}$/.test(text) ? Number(text) : undefined
}

/** What was to be seen after each deed; the frames before stay until the new ones are there. */
function useFrames(part: HandPart, deeds: readonly string[], values: Values): readonly Frame[] {
  const frames = useSignal<readonly Frame[]>([])
  useEffect(() => {
    let isCurrent = true
    films.play(part.script, deeds, values).then(
      (played) => {
        if (isCurrent) frames.value = played
      },
      (error: unknown) => console.error(error),
    )
    return () => {
      isCurrent = false
    }
  }, [part, deeds.join('~'), JSON.stringify(values)])
  return frames.value
}
