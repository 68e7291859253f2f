import type { Plan, Report } from '@millrace/sim'
import type { Estimate, Measure } from '../kernel/estimate.ts'
import type { ScriptName } from '../kernel/by-hand.ts'
import type { Frame } from '../kernel/frame.ts'
import type { Turning } from '../kernel/record.ts'
import type { Away } from '../stage/away.ts'
import type { Cast } from '../stage/painter.ts'

/** What the reader can set, by name; all text, as it stands in the address. */
export type Values = Readonly<Record<string, string>>

export interface Setting {
  readonly id: string
  readonly label: string
  readonly start: string
  readonly range?: {
    readonly min: number
    readonly max: number
    readonly step: number
    readonly unit: string
  }
  readonly choices?: readonly (readonly [value: string, label: string])[]
  /** A system that runs cannot take it up, or its jobs keep what they came with. */
  readonly isFixed?: true
  /** In which world it is to be seen, if not in the one that forks. */
  readonly world?: number
}

/** A guess is asked for before the answer is shown. */
export interface Prediction {
  readonly ask: string
  readonly choices?: readonly (readonly [id: string, label: string])[]
  readonly range?: {
    readonly min: number
    readonly max: number
    readonly step: number
    readonly unit: string
  }
}

/** What the kernel answers to the prediction: the right choice, or the right number. */
export interface Verdict {
  readonly right: string | number
  readonly says: string
}

/** What a fork has to know of a scenario. */
export interface FilmScenario {
  readonly classes: readonly { readonly id: string }[]
  readonly faults?: readonly object[]
}

/** One world of the stage: a scenario for the film, and who plays in it. */
export interface World {
  readonly label: string
  readonly scenario: FilmScenario
  readonly fork?: Turning
  readonly cast: Cast
  readonly workers: number
  /** Workers that are not there for some time. */
  readonly away?: Away
  readonly backoff: boolean
  /** What those are called that end badly here; nothing if none can. */
  readonly losses: string | undefined
  /** What the curve under the stage shows. */
  readonly curve: 'waiting' | 'running'
}

/** Something to be measured. */
export interface Question {
  readonly label: string
  readonly scenario: object
  readonly replications: number
}

/** All that the kernel found, in the order of what was asked. */
export interface Answers {
  readonly reports: readonly Report[]
  readonly plan: Plan | undefined
  readonly estimates: readonly Estimate[]
}

export interface EstimateQuestion {
  readonly scenario: object & { readonly seed: number }
  readonly measure: Measure
}

/** One number with what is known of it. */
export interface Figure {
  readonly label: string
  readonly value: number
  /** 95 %; null while there is too little data for one, left out where the number is no estimate. */
  readonly ci?: readonly [number, number] | null
  readonly theory?: number | undefined
  readonly unit: string
}

/** Statistics over a range of one setting. */
export interface Sweep {
  readonly xLabel: string
  readonly yLabel: string
  readonly xs: readonly number[]
  readonly lines: readonly {
    readonly label: string
    question(x: number): Question
    figure(report: Report): Figure
  }[]
}

interface LessonText {
  readonly id: string
  readonly title: string
  /** The idea in one sentence. */
  readonly idea: string
  /** What to do first. */
  readonly act: string
  readonly prediction: Prediction
  /** Shown with the answer. */
  readonly why: readonly string[]
  /** What the model leaves out. */
  readonly honest: readonly string[]
  readonly code: { readonly about: string; readonly text: string }
}

/** What the reader's own job is told to be, by how far it is. */
export interface Mine {
  readonly waits: string
  readonly done: string
  readonly refused: string
}

/** A lesson that watches the simulator. */
export interface FilmLesson extends LessonText {
  readonly kind: 'film'
  readonly settings: readonly Setting[]
  /** What the reader does at the playhead; its times are handed to `worlds`. */
  readonly action?: { readonly label: string; readonly done: string }
  /** The reader's own jobs, and what to say of them in each world. */
  readonly mine?: { readonly ofClass: number; readonly says: readonly Mine[] }
  worlds(values: Values, acts: readonly number[]): readonly World[]
  /** Seconds of film. */
  readonly horizon: number
  /** At which it is played at first. */
  readonly speed?: number
  questions(values: Values): readonly Question[]
  /** What is to be found out of films, sixteen of each. */
  estimates?(values: Values): readonly EstimateQuestion[]
  figures(answers: Answers, values: Values): readonly (readonly Figure[])[]
  verdict(answers: Answers, values: Values): Verdict
  sweep?(values: Values): Sweep
  /** An objective that the planner is asked about. */
  readonly objective?: string
  /** The world that forks: the last one, if not given. */
  readonly forks?: number
  /** Something to be done by hand after the film. */
  readonly bench?: HandPart & { readonly title: string; readonly act: string }
}

/** Single jobs that the reader drives through the real core. */
export interface HandPart {
  readonly script: ScriptName
  readonly groups: readonly (readonly [title: string, deeds: readonly string[]])[]
  /** States to be visited, or figures to be reached. */
  readonly goals: readonly Goal[]
  readonly figures: Readonly<Record<string, string>>
}

/** A lesson that is driven by hand. */
export interface HandLesson extends LessonText, HandPart {
  readonly kind: 'hand'
  readonly settings: readonly Setting[]
  /** Deeds whose outcome answers the prediction. */
  readonly proof: { readonly deeds: readonly string[]; readonly options: Values }
  verdict(frames: readonly Frame[]): Verdict
}

export interface Goal {
  readonly label: string
  reached(frame: Frame, values: Values): boolean
}

export type Lesson = FilmLesson | HandLesson
