import type { CallListener } from './call.ts'
import { errorOf, errorValue } from './error-value.ts'
import { poolError } from './outcome.ts'

/** What a handler that asked is to hear; never rejects. */
export async function answerOf(
  listener: CallListener | undefined,
  request: unknown,
): Promise<{ readonly ok: boolean; readonly value: unknown }> {
  try {
    if (listener?.ask === undefined) throw noRuntime
    return { ok: true, value: await listener.ask(request) }
  } catch (error) {
    return { ok: false, value: errorValue(error) }
  }
}

const noRuntime = errorOf(poolError('NOT_SUPPORTED', 'this call has no runtime behind it'))
