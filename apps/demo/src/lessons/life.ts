import { states } from '@millrace/core'
import { codeOf } from './code-of.ts'
import type { HandLesson } from './lesson.ts'

/** The nine states, met by driving one job. */
export const life: HandLesson = {
  kind: 'hand',
  id: 'life',
  title: 'The life of a job',
  idea: 'A job is always in exactly one of nine states, and every way from one to another is a rule you can look up.',
  act: 'Enqueue a job named photo and drive it. Can you see all nine states? Buttons with a dashed edge are not possible now; press one, and it says why.',
  script: 'life',
  settings: [],
  groups: [
    ['You', ['enqueue', 'later', 'behind', 'deadline', 'cancel', 'redrive']],
    ['The worker', ['claim', 'complete', 'fail', 'silent', 'reports']],
    ['The clock', ['wait']],
  ],
  goals: states.map((state) => ({
    label: state,
    reached: (frame) => frame.jobs.some((job) => job.name === 'photo' && job.state === state),
  })),
  figures: {
    attempts: 'attempts',
    token: 'fencing token: rises with every claim',
    failures: 'failures',
    crashes: 'crashes',
  },
  prediction: {
    ask: 'A worker takes the job and goes silent. What becomes of the job?',
    choices: [
      ['lost', 'It is lost with the worker.'],
      ['stuck', 'It stays “processing” until somebody looks.'],
      ['again', 'Once the lease is over it is tried again, and the silent attempt counts as a crash.'],
      ['free', 'It is tried again, and the silent attempt is forgotten.'],
    ],
  },
  proof: { deeds: ['enqueue', 'claim', 'silent', 'wait', 'wait', 'claim'], options: {} },
  verdict(frames) {
    const job = frames.at(-1)!.jobs[0]!
    const isAgain = job.state === 'processing' && job.crashes === 1
    return {
      right: isAgain ? 'again' : 'lost',
      says: `The lease ran out after 30 s and the job was taken back. Now it is at attempt ${job.attempt} with ${job.crashes} crash on its record, and its fencing token went from 1 to ${job.epoch}: whatever the silent worker still says is too old to count.`,
    }
  },
  why: [
    'A worker never owns a job, it borrows it. The loan is the lease: 30 seconds here, renewed every ten by a worker that is well. A silent worker does not renew, so nobody has to decide whether it is dead.',
    'Each claim and each taking back raises the fencing token. It never falls, not even when a dead letter is redriven. That one number is why a late answer can do no harm inside the queue. Outside is another matter: that is lesson four.',
    'A crash is counted apart from a failure, so a job that takes its worker down three times is put aside as poison instead of going round for ever.',
  ],
  honest: [
    'Time stands still here until you let it pass. In a program it does not, and the order of events is not yours to choose.',
    'One job and one worker. With more, “enqueued” also means a place in a line.',
    'The store is the one in memory: close the page, and the job is gone. The file and IndexedDB stores run the same rules and keep it.',
  ],
  code: {
    about: 'Every move is an event, and every dead letter can be sent round again.',
    text: codeOf('life'),
  },
}
