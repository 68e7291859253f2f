import type { JSX } from 'preact'
import { lessons } from '../lessons/index.ts'
import type { Lesson } from '../lessons/lesson.ts'

/** The lesson's name and its one idea. */
export function Opening({ lesson }: { readonly lesson: Lesson }): JSX.Element {
  const number = lessons.indexOf(lesson) + 1
  return (
    <div class="opening">
      <p class="eyebrow">Lesson {number} of 11</p>
      <h1 tabIndex={-1}>{lesson.title}</h1>
      <p class="idea">{lesson.idea}</p>
    </div>
  )
}

/** Why it is so, and what the picture leaves out. */
export function Explained({
  lesson,
  isTold,
}: {
  readonly lesson: Lesson
  readonly isTold: boolean
}): JSX.Element {
  return (
    <>
      {isTold && (
        <section aria-labelledby="why-title">
          <h2 id="why-title">Why</h2>
          {lesson.why.map((paragraph) => (
            <p key={paragraph}>{paragraph}</p>
          ))}
        </section>
      )}
      <section class="note" aria-labelledby="honest-title">
        <h2 id="honest-title">What this leaves out</h2>
        <ul>
          {lesson.honest.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </section>
    </>
  )
}
