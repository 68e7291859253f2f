import type { JSX } from 'preact'
import { lessons } from '../lessons/index.ts'
import { Link } from './link.tsx'

/** The first page. */
export function Contents(): JSX.Element {
  return (
    <>
      <div class="opening">
        <h1 tabIndex={-1}>Background jobs, by playing with the real machine</h1>
        <p class="idea">
          Every picture here is drawn from the code that runs in production, in virtual time. You act, you
          guess, and then you see. Every screen has a link that shows exactly the same to somebody else.
        </p>
      </div>
      <ol class="contents">
        {lessons.map((lesson, index) => (
          <li class="card" key={lesson.id}>
            <h2>
              <Link lesson={lesson.id}>
                {index + 1}. {lesson.title}
              </Link>
            </h2>
            <p>{lesson.idea}</p>
          </li>
        ))}
        <li class="card">
          <h2>
            <a href="./upload/">{lessons.length + 1}. The upload lab</a>
          </h2>
          <p>
            The real runtime in your own browser: go offline, crash the tab, open a second one, and lose
            nothing.
          </p>
        </li>
      </ol>
    </>
  )
}
