import { type Rows, type StoredBody } from '@millrace/core'
import { NaiveRows } from '@millrace/store-spec'
import { ByteWriter, Table } from '@millrace/table'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '../depth.ts'
import { askEverything } from './ask.ts'
import { deed, perform, type Deed } from './deeds.ts'
import { jobOf } from './job.ts'
import { MemoryJournal } from './memory-journal.ts'

const command = fc.array(deed, { minLength: 1, maxLength: 5 })

describe('a table rebuilt from its frames', () => {
  test.for([true, false])('answers as the one that wrote them, long texts kept apart: %s', (keepsBodies) => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 20 }), (commands) => {
        const { journal, table, model } = setup(keepsBodies)
        for (const deeds of commands) write(journal, table, model, deeds)
        expect(texts(table.rows, journal)).toEqual(askEverything(model))
        const rebuilt = new Table()
        journal.replay(rebuilt)
        expect(texts(rebuilt.rows, journal)).toEqual(askEverything(model))
        expect(rebuilt.rows.nextSeq()).toBeGreaterThan(Math.max(0, ...model.all().map(({ seq }) => seq)))
      }),
      { numRuns: runs(40) },
    )
  })

  test('is the same when they are applied a second time', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 15 }), (commands) => {
        const frames = framesOf(commands)
        const [once, twice] = [new Table(), new Table()]
        for (const frame of frames) once.apply(frame)
        for (const frame of [...frames, ...frames]) twice.apply(frame)
        expect(askEverything(twice.rows)).toEqual(askEverything(once.rows))
      }),
      { numRuns: runs(40) },
    )
  })

  test('needs few bytes for a claim: what changed, and nothing twice', () => {
    const { journal, table } = setup(true)
    const ids = Array.from({ length: 100 }, (_, n) => `job-${n}`)
    const payload = 'x'.repeat(100)
    append(journal, table, (rows) =>
      ids.forEach((id) => rows.put(jobOf(id, { seq: rows.nextSeq(), payload }))),
    )
    const mark = table.mark()
    const lease = {
      state: 'processing',
      attempt: 1,
      epoch: 1,
      owner: 'worker',
      leaseUntil: 1e12,
      since: 1e12,
    } as const
    for (const id of ids) table.rows.put({ ...table.rows.job(id)!, ...lease })
    const writer = new ByteWriter()
    table.encode(writer, mark)
    expect(writer.position).toBeLessThan(100 * 26)
  })

  test('forgets all of it when reset', () => {
    const table = new Table()
    for (const frame of framesOf(fc.sample(command, { numRuns: 10, seed: 1 }))) table.apply(frame)
    expect(table.size).toBeGreaterThan(0)
    table.reset()
    expect(askEverything(table.rows)).toEqual(askEverything(new NaiveRows()))
  })
})

describe('an image', () => {
  const interleaved = fc.record({
    before: fc.array(command, { maxLength: 12 }),
    during: fc.array(fc.record({ deeds: command, pieces: fc.nat({ max: 3 }) }), { maxLength: 12 }),
    after: fc.array(command, { maxLength: 6 }),
    bytes: fc.constantFrom(1, 200, 5_000),
  })

  test('taken while commands go on, with their frames applied after it, is exact', () => {
    fc.assert(
      fc.property(fc.array(interleaved, { minLength: 1, maxLength: 3 }), (rounds) => {
        const { journal, table, model } = setup(true)
        for (const { before, during, after, bytes } of rounds) {
          for (const deeds of before) write(journal, table, model, deeds)
          const snapshot = journal.compact(table)
          for (const { deeds, pieces } of during) {
            for (let piece = 0; piece < pieces; piece++) snapshot.next(bytes)
            write(journal, table, model, deeds)
          }
          while (snapshot.next(bytes)) if (bytes === 1 && during.length > 0) write(journal, table, model, [])
          snapshot.finish()
          expect(oldestBody(table)).toBeGreaterThanOrEqual(journal.oldest)
          for (const deeds of after) write(journal, table, model, deeds)
          expect(texts(table.rows, journal)).toEqual(askEverything(model))
          const rebuilt = new Table()
          journal.replay(rebuilt)
          expect(texts(rebuilt.rows, journal)).toEqual(askEverything(model))
        }
      }),
      { numRuns: runs(40) },
    )
  })

  test('has the body of a job that another took over and that is gone before its turn', () => {
    const { journal, table } = setup(true)
    const payload = JSON.stringify('x'.repeat(2_000))
    append(journal, table, (rows) => rows.put(jobOf('old', { seq: rows.nextSeq(), payload })))
    append(journal, table, (rows) => rows.put({ ...rows.job('old')!, state: 'cancelled' }))
    const snapshot = journal.compact(table)
    append(journal, table, (rows) => {
      rows.put(jobOf('heir', { seq: rows.nextSeq(), payload: rows.job('old')!.payload }))
      rows.remove(rows.job('old')!)
    })
    while (snapshot.next(1_000));
    const late = table.rows.job('heir')!.payload
    append(journal, table, (rows) => rows.put(jobOf('late', { seq: rows.nextSeq(), payload: late })))
    snapshot.finish()
    expect(oldestBody(table)).toBeGreaterThanOrEqual(journal.oldest)
    for (const id of ['heir', 'late'])
      expect(journal.textOf(table.rows.job(id)!.payload as StoredBody)).toBe(payload)
  })

  test('keeps the next number, though the newest jobs are gone', () => {
    const { journal, table, model } = setup(true)
    const put = fc.sample(
      deed.filter(({ kind }) => kind === 'put'),
      { numRuns: 1, seed: 7 },
    )
    write(journal, table, model, put)
    for (let n = 0; n < 5; n++) table.rows.nextSeq()
    const snapshot = journal.compact(table)
    while (snapshot.next(1_000));
    snapshot.finish()
    const rebuilt = new Table()
    journal.replay(rebuilt)
    expect(rebuilt.rows.nextSeq()).toBe(table.rows.nextSeq())
  })
})

test('bodies follow when their frames are written once more elsewhere', () => {
  fc.assert(
    fc.property(
      fc.array(command, { maxLength: 12 }),
      fc.array(command, { maxLength: 4 }),
      fc.nat({ max: 15 }),
      (commands, later, count) => {
        const { journal, table, model } = setup(true)
        for (const deeds of commands) write(journal, table, model, deeds)
        // Not settled: what would come back by an undo is relocated too.
        const mark = table.mark()
        const before = askEverything(model)
        const after = model.copy()
        let written = 0
        for (const deeds of later) if (write(journal, table, after, deeds, false)) written++
        journal.startOver(table, written + Math.min(count, commands.length))
        expect(texts(table.rows, journal)).toEqual(askEverything(after))
        table.undoTo(mark)
        expect(texts(table.rows, journal)).toEqual(before)
      },
    ),
    { numRuns: runs(40) },
  )
})

describe('a frame from anywhere', () => {
  test('is applied or refused as corrupt, and leaves the indexes whole', () => {
    const frames = framesOf(fc.sample(command, { numRuns: 25, seed: 5 }))
    const damage = fc.record({
      frame: fc.nat({ max: 24 }),
      at: fc.nat(),
      value: fc.nat({ max: 255 }),
      cut: fc.option(fc.nat(), { freq: 5, nil: undefined }),
    })
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 8 }), (damages) => {
        const table = new Table()
        for (const [index, frame] of frames.entries()) {
          const bytes = frame.slice()
          for (const { at, value } of damages.filter((one) => one.frame === index))
            bytes[at % bytes.length] = value
          const cut = damages.find((one) => one.frame === index)?.cut
          applyOrRefuse(table, cut === undefined ? bytes : bytes.subarray(0, cut % bytes.length))
        }
        expectWhole(table)
      }),
      { numRuns: runs(100) },
    )
  })

  test('of random bytes does no harm', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const table = new Table()
        applyOrRefuse(table, bytes)
        applyOrRefuse(table, new Uint8Array([1, ...bytes]))
        expectWhole(table)
      }),
      { numRuns: runs(500) },
    )
  })

  test.for([
    ['another version', [2]],
    ['no version', []],
    ['an unknown record', [1, 99]],
    ['a text without an end', [1, 2, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ['a kind that is none', [1, 1, 2, 0x7b, 0x7d]],
    ['a mask of bits unknown', [1, 4, 1, 0xff, 0xff, 0xff, 0x7f]],
  ] as const)('with %s is refused', ([, bytes]) => {
    expect(() => new Table().apply(new Uint8Array(bytes))).toThrow(
      expect.objectContaining({ code: 'STORE_CORRUPT' }),
    )
  })
})

describe('a record', () => {
  test.for([
    ['is what it should be', {}, true],
    ['of a state that is none', { standing: 9 << 1 }, false],
    ['of a time that is no number', { since: NaN }, false],
    ['of a kind that was not told', { kind: 1 }, false],
    ['of more attempts than can be counted', { attempt: 2 ** 30 }, false],
    ['whose key is no text', { extras: '{"key":1}' }, false],
    ['whose deadline is no number', { extras: '{"deadline":"soon"}' }, false],
    ['whose parents are no list', { extras: '{"parents":{"id":"a"}}' }, false],
    ['whose parent has no id', { extras: '{"parents":[{}]}' }, false],
    ['whose unique key is none', { extras: '{"unique":{}}' }, false],
    ['whose flow has no id', { extras: '{"flow":{"id":null}}' }, false],
    ['whose result is no body', { extras: '{"result":7}' }, false],
    ['whose step is no body', { extras: '{"steps":{"a":{"segment":1,"offset":0.5,"bytes":1}}}' }, false],
    ['whose text is not there', { extras: '{"result":{"segment":-1,"offset":0,"bytes":0}}' }, false],
    ['whose extras are a list', { extras: '[]' }, false],
    ['whose payload is of an unknown form', { form: 2 }, false],
  ] as const)('%s: %j', ([, change, isGood]) => {
    const table = new Table()
    const apply = (): boolean => table.apply(insertFrame('a', 1, change))
    if (isGood) apply()
    else expect(apply).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }))
    expect(table.size).toBe(isGood ? 1 : 0)
    expectWhole(table)
  })

  test('with the seq of another job is refused, and one with its id takes its place', () => {
    const table = new Table()
    table.apply(insertFrame('a', 1, {}))
    expect(() => table.apply(insertFrame('b', 1, {}))).toThrow(
      expect.objectContaining({ code: 'STORE_CORRUPT' }),
    )
    table.apply(insertFrame('a', 2, {}))
    expect(table.rows.list({ limit: 9 }).map(({ id, seq }) => [id, seq])).toEqual([['a', 2]])
  })
})

interface Change {
  readonly standing?: number
  readonly since?: number
  readonly attempt?: number
  readonly kind?: number
  readonly extras?: string
  readonly form?: number
}

/** A frame with a kind and an enqueued job, put together by hand. */
function insertFrame(
  id: string,
  seq: number,
  { standing = 2 << 1, since = 5, attempt = 0, kind = 0, extras = '{}', form = 0 }: Change,
): Uint8Array {
  const writer = new ByteWriter()
  writer.u8(1)
  writer.u8(1)
  writer.text('{"queue":"a","name":"x","version":1,"timeoutMs":0,"retry":{"backoff":{}}}')
  writer.u8(3)
  writer.text(id)
  writer.varint(seq)
  writer.varint(0b11_0011_0010)
  writer.f64(since)
  writer.varint(attempt)
  writer.varint(kind)
  writer.varint(standing)
  writer.text(extras)
  writer.varint(0)
  writer.u8(form)
  writer.text('payload')
  return writer.written()
}

function setup(keepsBodies: boolean): { journal: MemoryJournal; table: Table; model: NaiveRows } {
  return { journal: new MemoryJournal(keepsBodies), table: new Table(), model: new NaiveRows() }
}

/** Does the deeds as one command, on the table with a frame and on the model; answers if there was one. */
function write(
  journal: MemoryJournal,
  table: Table,
  model: NaiveRows,
  deeds: readonly Deed[],
  settles = true,
): boolean {
  const mark = table.mark()
  for (const one of deeds) {
    perform(table.rows, one)
    perform(model, one)
  }
  const isChanged = table.hasChangedSince(mark)
  const place = isChanged ? journal.append((writer) => table.encode(writer, mark)) : undefined
  if (place !== undefined) table.placed(place)
  if (settles) table.settle()
  return isChanged
}

/** Runs a command of one's own, with a frame. */
function append(journal: MemoryJournal, table: Table, command: (rows: Rows) => void): void {
  const mark = table.mark()
  command(table.rows)
  const place = journal.append((writer) => table.encode(writer, mark))
  if (place !== undefined) table.placed(place)
  table.settle()
}

function framesOf(commands: readonly (readonly Deed[])[]): Uint8Array[] {
  const table = new Table()
  return commands.map((deeds) => {
    const mark = table.mark()
    for (const one of deeds) perform(table.rows, one)
    const writer = new ByteWriter()
    table.encode(writer, mark)
    table.settle()
    return writer.written().slice()
  })
}

/** The oldest segment that a job refers to. */
function oldestBody(table: Table): number {
  const segments = JSON.stringify(table.rows.list({ limit: Infinity })).matchAll(/"segment":(\d+)/g)
  return Math.min(Infinity, ...[...segments].map(([, segment]) => Number(segment)))
}

/** All answers, with every body as text. */
function texts(rows: Rows, journal: MemoryJournal): unknown {
  const read = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(read)
    if (typeof value !== 'object' || value === null) return value
    if ('segment' in value) return journal.textOf(value as StoredBody)
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, read(inner)]))
  }
  return read(askEverything(rows))
}

function applyOrRefuse(table: Table, frame: Uint8Array): void {
  try {
    table.apply(frame)
  } catch (error) {
    expect(error).toMatchObject({ code: 'STORE_CORRUPT' })
  }
}

/** Every index equals a recount of the jobs it is about. */
function expectWhole(table: Table): void {
  const model = new NaiveRows()
  for (const job of table.rows.list({ limit: Infinity })) model.put(job)
  for (const name of table.rows.queueNames()) {
    const queue = table.rows.queue(name)
    if (queue !== undefined) model.putQueue(queue)
    for (const key of table.rows.keys(name)) model.putKey(key)
  }
  for (const schedule of table.rows.schedules()) model.putSchedule(schedule)
  expect(askEverything(table.rows)).toEqual(askEverything(model))
}
