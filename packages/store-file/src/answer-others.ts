import { MillraceError, type Store } from '@millrace/core'
import type { Inbox } from './inbox.ts'
import { parseSubmission } from './submission.ts'
import type { Answer } from './socket-presence.ts'

/** What the owner does for other processes (R14): they never touch the log. */
export function answerOthers(store: Store, inbox: Inbox): Answer {
  return async (request) => {
    const asked =
      typeof request === 'object' && request !== null && 'ask' in request ? request.ask : undefined
    if (asked === 'inbox') return { taken: await inbox.ingest(store) }
    if (asked === 'enqueue') return enqueue(store, request)
    return { alive: true }
  }
}

async function enqueue(store: Store, value: unknown): Promise<object> {
  const submission = parseSubmission(value)
  if (!submission) return { refused: 'this is no list of jobs', code: 'BAD_ARGUMENT' }
  try {
    return { reply: await store.run('enqueue', submission.request, submission.at) }
  } catch (error) {
    // Without a word the other side knows that the outcome is unknown.
    if (error instanceof MillraceError && error.outcome === 'no')
      return { refused: error.message, code: error.code }
    throw error
  }
}
