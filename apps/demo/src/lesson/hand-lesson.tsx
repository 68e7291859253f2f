import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import type { Frame } from '../kernel/frame.ts'
import { films } from '../kernel/kernel.ts'
import type { HandLesson, Values } from '../lessons/lesson.ts'
import { address, amend } from '../shell/address.ts'
import { Code } from './code.tsx'
import { Deeds } from './deeds.tsx'
import { Explained, Opening } from './lesson-text.tsx'
import { Predict } from './predict.tsx'
import { Scene } from './scene.tsx'
import { Settings } from './settings.tsx'
import { Share } from './share.tsx'
import { Tape } from './tape.tsx'
import { valuesOf } from './values.ts'

/** A lesson in which the reader drives single jobs through the real core. The deeds are the film. */
export function HandLessonView({ lesson }: { readonly lesson: HandLesson }): JSX.Element {
  const query = address.value
  const values = valuesOf(lesson.settings, query)
  const deeds = listOf(query.get('deeds'))
  const frames = useFrames(lesson, deeds, values)
  const asked = numberOf(query.get('at'))
  const at = Math.min(frames.length - 1, asked ?? frames.length - 1)
  const frame = frames[at]
  const guess = query.get('guess') ?? undefined
  const proof = useProof(lesson, guess !== undefined)
  const act = (id: string): void => {
    const kept = asked === undefined ? deeds : deeds.slice(0, asked)
    const other = kept.length < deeds.length ? deeds.join('~') : (query.get('other') ?? undefined)
    amend({ deeds: [...kept, id].join('~'), at: undefined, other })
  }
  return (
    <>
      <Opening lesson={lesson} />
      <section aria-labelledby="try-title">
        <h2 id="try-title">Try it</h2>
        <p>{lesson.act}</p>
        <Settings
          settings={lesson.settings}
          values={values}
          onChange={(id, value) => amend({ [id]: value })}
        />
        <div class="stage card">
          {frame !== undefined && (
            <>
              <Deeds groups={lesson.groups} offers={frame.offers} onDeed={act} />
              <Scene frame={frame} lesson={lesson} frames={frames.slice(0, at + 1)} values={values} />
            </>
          )}
          <Tape frames={frames} deeds={deeds} at={at} other={query.get('other') ?? undefined} />
        </div>
        <Share seed={values.seed!} />
      </section>
      <Predict
        prediction={lesson.prediction}
        guess={guess}
        verdict={proof && lesson.verdict(proof)}
        onGuess={(next) => amend({ guess: next })}
      />
      <Explained lesson={lesson} isTold={guess !== undefined} />
      <Code about={lesson.code.about} text={lesson.code.text} />
    </>
  )
}

function listOf(text: string | null): readonly string[] {
  return (text ?? '').split('~').filter((one) => one !== '')
}

function numberOf(text: string | null): number | undefined {
  return text !== null && /^\d{1,4}$/.test(text) ? Number(text) : undefined
}

/** What was to be seen after each deed; the frames before stay until the new ones are there. */
function useFrames(lesson: HandLesson, deeds: readonly string[], values: Values): readonly Frame[] {
  const frames = useSignal<readonly Frame[]>([])
  useEffect(() => {
    let isCurrent = true
    films.play(lesson.script, deeds, values).then(
      (played) => {
        if (isCurrent) frames.value = played
      },
      (error: unknown) => console.error(error),
    )
    return () => {
      isCurrent = false
    }
  }, [lesson, deeds.join('~'), JSON.stringify(values)])
  return frames.value
}

/** The prediction's answer, played by the same core. */
function useProof(lesson: HandLesson, isWanted: boolean): readonly Frame[] | undefined {
  const proof = useSignal<readonly Frame[] | undefined>(undefined)
  useEffect(() => {
    if (!isWanted) return
    films.play(lesson.script, lesson.proof.deeds, lesson.proof.options).then(
      (frames) => {
        proof.value = frames
      },
      (error: unknown) => console.error(error),
    )
  }, [lesson, isWanted])
  return proof.value
}
