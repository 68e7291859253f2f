import type { Bench } from '../bench.ts'
import type { CaseGroup } from '../case-group.ts'
import { same } from '../check.ts'
import { sampleJob, sampleQueue } from '../samples.ts'

/** Around the size from which stores keep bodies apart, and up to the default limit. */
const sizes = [0, 1, 127, 128, 1_023, 1_024, 1_025, 16_383, 16_384, 65_535, 65_536, 1_048_575, 1_048_576]

const values: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -0.5,
  1e308,
  5e-324,
  9_007_199_254_740_991,
  '',
  'plain',
  '\u0000\u0001\u001f "quoted" \\ / \b\f\n\r\t',
  'ä ß ø ł Ж 漢字 ไทย عربى 😀 👩‍👩‍👧 é',
  '\ufeffbegins with a byte order mark',
  '\u2028 and \u2029',
  'a lone \ud800 high and a lone \udfff low surrogate',
  [],
  {},
  [[[[[[[[]]]]]]]],
  { '': 0, ' ': 1, a: { b: { c: [null, { d: 'e' }] } } },
  JSON.parse('{"__proto__":{"polluted":true},"constructor":1,"toString":2,"hasOwnProperty":3}'),
]

export const bodyCases: CaseGroup = {
  name: 'bodies',
  cases: {
    'payloads of every size come back as they were': async (bench) => {
      for (const size of sizes) await roundTrip(bench, `size-${size}`, 'x'.repeat(size))
    },

    'payloads of three bytes a character come back as they were': async (bench) => {
      for (const size of [341, 342, 5_461, 349_525])
        await roundTrip(bench, `wide-${size}`, JSON.stringify('漢'.repeat(size)))
    },

    'every JSON value comes back as it was': async (bench) => {
      for (const [index, value] of values.entries())
        await roundTrip(bench, `value-${index}`, JSON.stringify(value))
      same(Object.keys(Object.prototype), [], 'what every object inherits')
    },

    'results and steps of every size come back as they were': async (bench) => {
      for (const size of sizes) {
        const text = 'r'.repeat(size)
        await bench.acceptIds(`job-${size}`)
        const { id, epoch } = await bench.claimOne()
        await bench.run('note', { id, epoch, step: { name: 'step', result: text } })
        await bench.settle({ id, epoch, outcome: 'complete', result: text })
        const { result, steps } = (await bench.job(id)).extras
        same([length(result), length(steps?.step)], [size, size], 'the lengths of result and step')
        same(result === text && steps?.step === text, true, 'result and step are the same text')
      }
    },

    'a large payload comes back from every command that answers jobs': async (bench) => {
      const payload = JSON.stringify('p'.repeat(100_000))
      await bench.accept(sampleJob('a', { payload }))
      same((await bench.claimOne()).payload === payload, true, 'from claim')
      same((await bench.job('a')).payload === payload, true, 'from findJob')
      same((await bench.list())[0]?.payload === payload, true, 'from listJobs')
      await bench.fail(await bench.job('a'))
      bench.now += 1_000
      same((await bench.claimOne()).payload === payload, true, 'from the claim of a retry')
    },

    'any text may stand in an error': async (bench) => {
      for (const [index, text] of ['\ud800', '\udc00 low first', '\u0000', '\ufeff', '😀', ''].entries()) {
        await bench.acceptIds(`job-${index}`)
        await bench.kill(await bench.claimOne(), text)
        const [error] = (await bench.job(`job-${index}`)).extras.errors ?? []
        const { message } = error!
        // UTF-8 has no lone surrogates; a store may keep U+FFFD in their place.
        same(
          message === text || message === text.replaceAll(/\p{Surrogate}/gu, '\ufffd'),
          true,
          `message ${index} is the same text`,
        )
      }
    },

    'ids and names may be as long as is allowed, and named like what objects inherit': async (bench) => {
      for (const name of ['x'.repeat(128), '__proto__', 'constructor', 'toString', 'a.b:c@d/e-f_g', '0']) {
        const extras = { key: name, unique: { key: name, while: 'unfinished', onConflict: 'keep' } } as const
        await bench.run('configure', { queues: { [name]: sampleQueue({ keyConcurrency: 1 }) } })
        await bench.accept(sampleJob(name, { queue: name, name, extras }))
        const job = await bench.claimOne({ queues: [{ queue: name, weight: 1, credit: 0 }], owner: name })
        same(
          [job.id, job.queue, job.name, job.owner, job.extras],
          [name, name, name, name, extras],
          'the job',
        )
        same((await bench.count(name)).processing, 1, 'the count of its queue')
      }
    },
  },
}

async function roundTrip(bench: Bench, id: string, payload: string): Promise<void> {
  await bench.accept(sampleJob(id, { payload }))
  same((await bench.claimOne()).payload === payload, true, `the payload ${id} of the claim is the same text`)
  same((await bench.job(id)).payload === payload, true, `the payload ${id} is the same text`)
}

function length(body: unknown): number {
  return typeof body === 'string' ? body.length : -1
}
