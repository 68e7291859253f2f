import { useSignal, type Signal } from '@preact/signals'
import type { Report } from '@millrace/sim'
import { useEffect } from 'preact/hooks'
import type { Estimate } from '../kernel/estimate.ts'
import { statistics } from '../kernel/kernel.ts'
import type { Answers, FilmLesson, Question, Values } from '../lessons/lesson.ts'

/** Has the lesson's questions measured, once they are wanted. */
export function useAnswers(
  lesson: FilmLesson,
  values: Values,
  isWanted: boolean,
): Signal<Answers | undefined> {
  const answers = useSignal<Answers | undefined>(undefined)
  const questions = lesson.questions(values)
  useEffect(() => {
    if (!isWanted) return
    let isCurrent = true
    answers.value = undefined
    answer(lesson, questions, values).then(
      (found) => {
        if (isCurrent) answers.value = found
      },
      (error: unknown) => console.error(error),
    )
    return () => {
      isCurrent = false
    }
  }, [isWanted, JSON.stringify(questions)])
  return answers
}

async function answer(lesson: FilmLesson, questions: readonly Question[], values: Values): Promise<Answers> {
  const reports: Report[] = []
  for (const { scenario, replications } of questions)
    reports.push(await statistics.measure(scenario, replications))
  const { objective } = lesson
  const plan = objective === undefined ? undefined : await statistics.staff(questions[0]!.scenario, objective)
  const estimates: Estimate[] = []
  for (const { scenario, measure } of lesson.estimates?.(values) ?? [])
    estimates.push(await statistics.estimate(scenario, measure))
  return { reports, plan, estimates }
}
