import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { FilmLessonView } from '../lesson/film-lesson.tsx'
import { HandLessonView } from '../lesson/hand-lesson.tsx'
import { lessons } from '../lessons/index.ts'
import type { Lesson } from '../lessons/lesson.ts'
import { address } from './address.ts'
import { Contents } from './contents.tsx'
import { Header } from './header.tsx'
import { Link } from './link.tsx'

/** The whole site: a list of lessons, and one lesson at a time. */
export function App(): JSX.Element {
  const id = address.value.get('lesson')
  const lesson = lessons.find((one) => one.id === id)
  useArrival(lesson)
  return (
    <>
      <a class="skip" href="#main">
        Skip to the lesson
      </a>
      <Header home="./" />
      <div class="page">
        <Menu current={lesson} />
        <main id="main" tabIndex={-1}>
          {lesson === undefined ? <Contents /> : <LessonView key={lesson.id} lesson={lesson} />}
          {lesson !== undefined && <Onward lesson={lesson} />}
        </main>
      </div>
    </>
  )
}

function LessonView({ lesson }: { readonly lesson: Lesson }): JSX.Element {
  return lesson.kind === 'film' ? <FilmLessonView lesson={lesson} /> : <HandLessonView lesson={lesson} />
}

function Menu({ current }: { readonly current: Lesson | undefined }): JSX.Element {
  return (
    <nav class="menu" aria-label="Lessons">
      <ol>
        {lessons.map((lesson) => (
          <li key={lesson.id}>
            <Link lesson={lesson.id} current={lesson === current}>
              {lesson.title}
            </Link>
          </li>
        ))}
        <li>
          <a href="./upload/">The upload lab</a>
        </li>
      </ol>
    </nav>
  )
}

function Onward({ lesson }: { readonly lesson: Lesson }): JSX.Element {
  const index = lessons.indexOf(lesson)
  const before = lessons[index - 1]
  const after = lessons[index + 1]
  return (
    <nav class="onward" aria-label="Before and after">
      {before === undefined ? <span /> : <Link lesson={before.id}>← {before.title}</Link>}
      {after === undefined ? (
        <a href="./upload/">The upload lab →</a>
      ) : (
        <Link lesson={after.id}>{after.title} →</Link>
      )}
    </nav>
  )
}

/** On a phone the menu is a strip; it is moved by hand, so that the keyboard still starts at the top of the page. */
function showCurrent(): void {
  const current = document.querySelector<HTMLElement>('.menu [aria-current]')
  const strip = document.querySelector<HTMLElement>('.menu ol')
  if (current !== null && strip !== null) strip.scrollLeft = current.offsetLeft - strip.offsetLeft - 16
}

/** A new lesson is a new page: its name in the title, the focus on its heading, the view at its top. */
function useArrival(lesson: Lesson | undefined): void {
  const isFirst = useRef(true)
  useEffect(() => {
    document.title =
      lesson === undefined ? 'Millrace: background jobs by playing' : `${lesson.title} · Millrace`
    showCurrent()
    if (isFirst.current) {
      isFirst.current = false
      return
    }
    window.scrollTo(0, 0)
    document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true })
  }, [lesson])
}
