import type { Loaded } from '../loaded.ts'
import type { Clocked, ReadOf } from '../read.ts'
import { nowOr, type Load, type Loading } from './load.ts'

const isDue = `j.state IN (0, 4) AND j.run_at <= ${nowOr('$2')}`
const isOverdue = `j.deadline IS NOT NULL AND j.deadline <= ${nowOr('$2')}`

const times = {
  name: 'next times',
  text: `(SELECT 0, j.id, j.run_at FROM @.jobs j WHERE j.state IN (0, 4) AND j.run_at > ${nowOr('$2')}
      ORDER BY j.run_at, j.seq LIMIT $1)
    UNION ALL (SELECT 1, j.id, j.lease_until FROM @.jobs j WHERE j.state = 3 ORDER BY j.lease_until LIMIT $3)
    UNION ALL (SELECT 2, j.id, j.deadline FROM @.jobs j WHERE j.deadline IS NOT NULL AND j.deadline > ${nowOr('$2')}
      ORDER BY j.deadline, j.seq LIMIT $1)
    UNION ALL (SELECT 3, s.id, s.next_at FROM @.schedules s WHERE s.next_at IS NOT NULL ORDER BY s.next_at LIMIT $1)
    UNION ALL (SELECT 4, '', 0 WHERE EXISTS (SELECT 1 FROM @.jobs j WHERE ${isDue}))
    UNION ALL (SELECT 5, '', 0 WHERE EXISTS (SELECT 1 FROM @.jobs j WHERE ${isOverdue}))`,
}

/**
 * The earliest times to come; what has passed is only told of, since mostly there is nothing and then nothing more to load.
 * The earliest leases mostly are of the very jobs that are being settled: as many more are loaded as there are jobs at hand.
 */
export function loadNextTimes(
  read: ReadOf<'nextAt'>,
  jobsToCome: number,
  { sql, now, jobsAtHand }: Loading,
): Load {
  const { limit } = read
  const leases = limit + jobsAtHand + jobsToCome
  return {
    statements: [sql.of(times, limit, now, leases)],
    take({ loaded }, [rows]) {
      loaded.times = [limit, leases, limit, limit].map((most, source) => {
        const earliest = rows!
          .filter(([from]) => Number(from) === source)
          .map(([, id, at]) => ({ id: id!, at: Number(at) }))
          .sort((a, b) => a.at - b.at)
        return { earliest, mayBeMore: earliest.length >= most }
      })
      loaded.cover(read)
      const past = new Set(rows!.map(([from]) => Number(from)))
      loaded.isPast = past.has(4) || past.has(5)
      if (!past.has(4)) coverEmpty(loaded, 'due', now)
      if (!past.has(5)) coverEmpty(loaded, 'overdue', now)
    },
  }
}

function coverEmpty(loaded: Loaded, kind: Clocked, now: number | null): void {
  const read = { kind, now: 0, limit: Infinity }
  if (loaded.coverOf(read) === undefined) loaded.cover(read, { until: now ?? Infinity })
}
