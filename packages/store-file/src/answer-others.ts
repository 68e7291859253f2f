import { MillraceError, type Store } from '@millrace/core'
import { isGuestCommand, type GuestRequest } from './guest-command.ts'
import type { Inbox } from './inbox.ts'
import type { OwnersAnswer } from './owner-line.ts'
import type { Answer } from './socket-presence.ts'
import { parseSubmission } from './submission.ts'

/** What the owner does for other processes (R14): they never touch the log. */
export function answerOthers(store: Store, inbox: Inbox): Answer {
  return async (request) => {
    const asked = 'ask' in request ? request.ask : undefined
    if (asked === 'inbox') return { taken: await inbox.ingest(store) }
    if (asked === 'enqueue') return enqueue(store, request)
    if (asked === 'run' && isGuestCommand(request)) return run(store, request)
    return { alive: true }
  }
}

async function enqueue(store: Store, value: object): Promise<OwnersAnswer> {
  const submission = parseSubmission(value)
  if (!submission) return { refused: 'this is no list of jobs', code: 'BAD_ARGUMENT' }
  return answered(store.run('enqueue', submission.request, submission.at))
}

function run(store: Store, { name, request, at }: GuestRequest): Promise<OwnersAnswer> {
  return answered(store.run(name, request, at))
}

async function answered(reply: Promise<object>): Promise<OwnersAnswer> {
  try {
    return { reply: await reply }
  } catch (error) {
    // Without a word the other side knows that the outcome is unknown.
    if (error instanceof MillraceError && error.outcome === 'no')
      return { refused: error.message, code: error.code }
    throw error
  }
}
