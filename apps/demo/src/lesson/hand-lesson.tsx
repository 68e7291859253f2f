import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import type { Frame } from '../kernel/frame.ts'
import { films } from '../kernel/kernel.ts'
import type { HandLesson } from '../lessons/lesson.ts'
import { address, amend } from '../shell/address.ts'
import { Code } from './code.tsx'
import { HandStage } from './hand-stage.tsx'
import { Explained, Opening } from './lesson-text.tsx'
import { Predict } from './predict.tsx'
import { Settings } from './settings.tsx'
import { Share } from './share.tsx'
import { valuesOf } from './values.ts'

/** A lesson in which the reader drives single jobs through the real core. */
export function HandLessonView({ lesson }: { readonly lesson: HandLesson }): JSX.Element {
  const query = address.value
  const values = valuesOf(lesson.settings, query)
  const guess = query.get('guess') ?? undefined
  const proof = useProof(lesson, guess !== undefined)
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
        <HandStage part={lesson} values={values} />
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
