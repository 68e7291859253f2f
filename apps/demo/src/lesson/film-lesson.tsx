import type { JSX } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'
import { forked, readFork } from '../lessons/fork.ts'
import type { Answers, FilmLesson, Values } from '../lessons/lesson.ts'
import { address, amend } from '../shell/address.ts'
import { Playback } from '../stage/playback.ts'
import { useAnswers } from './answers.ts'
import { Code } from './code.tsx'
import { Figures } from './figures.tsx'
import { HandStage } from './hand-stage.tsx'
import { FilmStage } from './film-stage.tsx'
import { ForkBar } from './fork-bar.tsx'
import { Mine } from './mine.tsx'
import { Certificate } from './certificate.tsx'
import { Explained, Opening } from './lesson-text.tsx'
import { Predict } from './predict.tsx'
import { Settings } from './settings.tsx'
import { Share } from './share.tsx'
import { Swept } from './swept.tsx'
import { valuesOf } from './values.ts'
import { useFilms } from './worlds.ts'

/** A lesson that watches the simulator: act, guess, see, understand. */
export function FilmLessonView({ lesson }: { readonly lesson: FilmLesson }): JSX.Element {
  const query = address.value
  const values = valuesOf(lesson.settings, query)
  const acts = actsOf(query)
  const playback = usePlayback(lesson)
  const fork = readFork(lesson, query.get('fork'))
  const films = useFilms(
    fork === undefined ? lesson.worlds(values, acts) : forked(lesson, values, acts, fork),
  ).value
  const guess = query.get('guess') ?? undefined
  const { answers, progress } = useAnswers(lesson, values, guess !== undefined).value
  const reset = (): void => {
    playback.pauseAt(0)
    amend({ act: undefined, fork: undefined })
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
        <Action lesson={lesson} acts={acts} playback={playback} />
        {lesson.mine !== undefined && (
          <Mine mine={lesson.mine} shown={films.shown} playback={playback} acts={acts} />
        )}
        <FilmStage films={films} playback={playback} onReset={reset} />
        <ForkBar lesson={lesson} values={values} playback={playback} fork={fork} />
        <Share playback={playback} seed={values.seed!} />
      </section>
      <Predict
        prediction={lesson.prediction}
        guess={guess}
        verdict={answers && lesson.verdict(answers, values)}
        onGuess={(next) => amend({ guess: next })}
      />
      {guess !== undefined && (
        <Answer lesson={lesson} values={values} answers={answers} progress={progress} />
      )}
      {lesson.bench !== undefined && (
        <section aria-labelledby="bench-title">
          <h2 id="bench-title">{lesson.bench.title}</h2>
          <p>{lesson.bench.act}</p>
          <HandStage part={lesson.bench} values={values} />
        </section>
      )}
      <Explained lesson={lesson} isTold={guess !== undefined} />
      <Code about={lesson.code.about} text={lesson.code.text} />
    </>
  )
}

interface AnswerProps {
  readonly lesson: FilmLesson
  readonly values: Values
  readonly answers: Answers | undefined
  /** Of the count, 0 to 1. */
  readonly progress: number
}

function Answer({ lesson, values, answers, progress }: AnswerProps): JSX.Element {
  const sweep = useMemo(() => lesson.sweep?.(values), [lesson, JSON.stringify(values)])
  return (
    <section class="card" aria-labelledby="answer-title" aria-busy={answers === undefined}>
      <h2 id="answer-title">What the simulator found</h2>
      {answers === undefined ? (
        <label class="counting muted">
          Counting …
          <progress value={progress} />
        </label>
      ) : (
        <>
          <Figures
            labels={lesson.questions(values).map(({ label }) => label)}
            figures={lesson.figures(answers, values)}
            jobs={answers.reports.reduce((sum, { jobs }) => sum + jobs, 0)}
          />
          {answers.plan !== undefined && <Certificate plan={answers.plan} />}
        </>
      )}
      {sweep !== undefined && answers !== undefined && <Swept sweep={sweep} />}
    </section>
  )
}

interface ActionProps {
  readonly lesson: FilmLesson
  readonly acts: readonly number[]
  readonly playback: Playback
}

/** What the reader does at the playhead. The film is made anew with it, and the same luck in everything else. */
function Action({ lesson: { action }, acts, playback }: ActionProps): JSX.Element | null {
  if (action === undefined) return null
  const act = (): void => {
    const time = Math.round((playback.time.value + 0.1) * 10) / 10
    amend({ act: [...acts, time].sort((a, b) => a - b).join('~') })
    playback.playing.value = true
  }
  return (
    <div class="row action">
      <button type="button" class="primary" onClick={act}>
        {action.label}
      </button>
      <span class="small muted" aria-live="polite">
        {acts.length > 0 && `${action.done} ${acts.map((time) => `${time.toFixed(1)} s`).join(', ')}.`}
      </span>
    </div>
  )
}

function actsOf(query: URLSearchParams): readonly number[] {
  return (query.get('act') ?? '')
    .split('~')
    .filter((text) => text !== '')
    .map(Number)
    .filter((time) => Number.isFinite(time) && time >= 0)
}

/** One playhead for the lesson; it starts where the address says, and tells the address where it stands still. */
function usePlayback(lesson: FilmLesson): Playback {
  const playback = useMemo(() => {
    const query = address.peek()
    const made = new Playback(Math.max(0, Number(query.get('t') ?? 0) || 0), lesson.speed ?? 1)
    made.horizon.value = lesson.horizon
    return made
  }, [lesson])
  useEffect(() => {
    const stopTime = playback.time.subscribe(() => noteTime(playback))
    const stopPlaying = playback.playing.subscribe(() => noteTime(playback))
    return () => {
      stopTime()
      stopPlaying()
      clearTimeout(noteTimer)
      playback.dispose()
    }
  }, [playback])
  return playback
}

let noteTimer = 0

/** Browsers allow few changes of the address per second, so it waits until the playhead rests. */
function noteTime(playback: Playback): void {
  clearTimeout(noteTimer)
  if (playback.playing.peek()) return
  noteTimer = window.setTimeout(() => {
    const time = playback.time.peek()
    amend({ t: time === 0 ? undefined : String(time) })
  }, 150)
}
