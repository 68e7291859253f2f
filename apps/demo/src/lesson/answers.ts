import { useSignal, type Signal } from '@preact/signals'
import type { Report } from '@millrace/sim'
import { useEffect } from 'preact/hooks'
import type { Estimate } from '../kernel/estimate.ts'
import { statistics } from '../kernel/kernel.ts'
import type { Answers, FilmLesson, Question, Values } from '../lessons/lesson.ts'

/** What is known by now. */
export interface Count {
  readonly answers: Answers | undefined
  /** 0 to 1. */
  readonly progress: number
}

/** Has the lesson's questions measured, once they are wanted. */
export function useAnswers(lesson: FilmLesson, values: Values, isWanted: boolean): Signal<Count> {
  const count = useSignal<Count>({ answers: undefined, progress: 0 })
  const questions = lesson.questions(values)
  useEffect(() => {
    if (!isWanted) return
    let isCurrent = true
    const tell = (next: Count): void => {
      if (isCurrent) count.value = next
    }
    tell({ answers: undefined, progress: 0 })
    answer(lesson, questions, values, (progress) => tell({ answers: undefined, progress })).then(
      (answers) => tell({ answers, progress: 1 }),
      (error: unknown) => console.error(error),
    )
    return () => {
      isCurrent = false
    }
  }, [isWanted, JSON.stringify(questions)])
  return count
}

async function answer(
  lesson: FilmLesson,
  questions: readonly Question[],
  values: Values,
  tell: (progress: number) => void,
): Promise<Answers> {
  const { objective } = lesson
  const estimated = lesson.estimates?.(values) ?? []
  const steps = questions.length + (objective === undefined ? 0 : 1) + estimated.length
  let done = 0
  const step = async <T>(count: Promise<T>): Promise<T> => {
    const found = await count
    tell(++done / steps)
    return found
  }
  const reports: Report[] = []
  for (const { scenario, replications } of questions)
    reports.push(await step(statistics.measure(scenario, replications)))
  const plan =
    objective === undefined ? undefined : await step(statistics.staff(questions[0]!.scenario, objective))
  const estimates: Estimate[] = []
  for (const { scenario, measure } of estimated)
    estimates.push(await step(statistics.estimate(scenario, measure)))
  return { reports, plan, estimates }
}
