import { parseArgs } from 'node:util'
import { salvageStore } from 'millrace/file'
import { Misspelt, printable, type Command } from './command.ts'

/** `millrace salvage <directory> <new directory>`: copies what can be read of a damaged store into a new one. */
export const salvage: Command = {
  name: 'salvage',
  usage: 'salvage <directory> <new directory> [--json]',
  summary: 'copy what can be read of a damaged store into a new one',
  run: async (argv) => {
    const { positionals, values } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false } },
    })
    const [from, into] = positionals
    if (from === undefined || into === undefined)
      throw new Misspelt('salvage needs the directory of a store and one for what is saved')
    const report = await salvageStore(from, into)
    const lines = [...report.problems, `${report.frames} frames were saved into ${report.into}`]
    console.log(values.json ? JSON.stringify(report) : lines.map(printable).join('\n'))
    return report.problems.length === 0 ? 0 : 1
  },
}
