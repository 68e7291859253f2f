import { backpressure } from './backpressure.ts'
import { blackFriday } from './black-friday.ts'
import { cliff } from './cliff.ts'
import type { Lesson } from './lesson.ts'
import { life } from './life.ts'
import { delivery } from './delivery.ts'
import { priorities } from './priorities.ts'
import { request } from './request.ts'
import { retries } from './retries.ts'
import { saga } from './saga.ts'
import { storm } from './storm.ts'

/** In the order in which they are best read. */
export const lessons: readonly Lesson[] = [
  request,
  life,
  retries,
  delivery,
  priorities,
  backpressure,
  cliff,
  storm,
  blackFriday,
  saga,
]
