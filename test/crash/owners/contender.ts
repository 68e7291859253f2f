/** `contender.ts <directory> <number>`: tries to become the owner when told to, and stores numbers of its own while it is. */
import { writeSync } from 'node:fs'
import { MillraceError } from '@millrace/core'
import { openJournal, type OpenJournal } from '../../store-file/open-journal.ts'
import type { Order, Report } from './protocol.ts'

const [path = '', number = '0'] = process.argv.slice(2)
let key = Number(number) * 1_000_000

process.on('message', (order: Order) => void obey(order))
send({ kind: 'ready' })

async function obey({ at, takeoverAfterMs }: Order): Promise<void> {
  // Everybody starts at the same moment, or there would be no race.
  while (Date.now() < at);
  try {
    const opened = await openJournal(path, { sealEveryMs: 25 }, takeoverAfterMs)
    send({ kind: 'owner', keys: opened.keys() })
    await work(opened)
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error
    send({ kind: 'refused', code: error.code })
  }
}

/** Until the store is lost; each number is told the moment it is acknowledged, also by one that was asleep. */
async function work({ set }: OpenJournal): Promise<never> {
  for (;;) {
    await set(++key)
    writeSync(1, `${key}\n`)
  }
}

function send(report: Report): void {
  process.send?.(report)
}
