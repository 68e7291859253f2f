import type { Guarantee } from '@millrace/core'

/** `disk` flushes every change to the device; `os` leaves that to the operating system. */
export type Durability = 'disk' | 'os'

export const guarantees: Readonly<Record<Durability, Guarantee>> = {
  disk: {
    durability: 'power',
    promise:
      'When enqueue or a settlement resolves, the record was written and flushed to the device. It survives process ' +
      'crash, kill -9, OS crash and power loss, if the device honours flushes. A job may run more than once; an ' +
      'acknowledged job is never silently dropped.',
  },
  os: {
    durability: 'process',
    promise:
      'When enqueue or a settlement resolves, the record was handed to the operating system. It survives process crash ' +
      'and kill -9. An OS crash or power loss may drop the newest records: always a suffix, never a hole.',
  },
}
