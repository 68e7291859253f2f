import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readArguments, WrongArguments } from '../../apps/photos/src/arguments.ts'
import { temporaryFolder } from './temporary-folder.ts'

function setup() {
  const root = temporaryFolder()
  const input = join(root, 'in')
  const output = join(root, 'out')
  mkdirSync(input)
  return { root, input, output }
}

test('without arguments there are no folders', () => {
  expect(readArguments([])).toEqual({ help: false, json: false, concurrency: availableParallelism() })
})

test('two folders and the options in any order', () => {
  const { input, output } = setup()
  expect(readArguments(['--json', input, '--concurrency', '3', output])).toEqual({
    help: false,
    json: true,
    concurrency: 3,
    folders: { input, output },
  })
})

test('--help needs nothing else to be right', () => {
  expect(readArguments(['--help', 'no such folder']).help).toBe(true)
})

test('the output folder may be inside the input folder, and is created with its parents', () => {
  const { input } = setup()
  const output = join(input, 'a', 'b')
  expect(readArguments([input, output]).folders).toEqual({ input, output })
})

test.for(['0', '257', '1.5', 'many', '-1', ''])('a concurrency of "%s" is refused', (words) => {
  const { input, output } = setup()
  expect(() => readArguments([input, output, `--concurrency=${words}`])).toThrow(/whole number from 1 to 256/)
})

test.for(['1', '256'])('a concurrency of %s is accepted', (words) => {
  expect(readArguments([`--concurrency=${words}`]).concurrency).toBe(Number(words))
})

test('each wrong argument has its own sentence', () => {
  const { root, input, output } = setup()
  const file = join(root, 'file')
  writeFileSync(file, '')
  const refusal = (...words: string[]) => {
    try {
      readArguments(words)
      return 'accepted'
    } catch (error) {
      expect(error).toBeInstanceOf(WrongArguments)
      return (error as Error).message.replaceAll(root, '')
    }
  }
  expect(refusal(input)).toBe('the output folder is missing')
  expect(refusal(input, output, 'more')).toBe('two folders are enough, but there also is "more"')
  expect(refusal(join(root, 'gone'), output)).toBe('the input folder "/gone" does not exist')
  expect(refusal(file, output)).toBe('the input folder "/file" is not a folder')
  expect(refusal(input, file)).toBe('the output folder "/file" is not a folder')
  expect(refusal(input, join(file, 'out'))).toBe('the output folder "/file/out" is not a folder')
  expect(refusal(input, '/proc/none/out')).toBe('the output folder "/proc/none/out" cannot be created')
  expect(refusal(input, '')).toBe('the output folder "" cannot be created')
  expect(refusal(input, input)).toBe('the output folder "/in" must not be the input folder, or hold it')
  expect(refusal(input, root)).toBe('the output folder "" must not be the input folder, or hold it')
  expect(refusal('--colour')).toMatch(/--colour/)
})
