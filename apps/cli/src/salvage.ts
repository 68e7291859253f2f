import { parseArgs } from 'node:util'
import { salvageStore } from 'millrace/file'
import { printable, type Command } from './command.ts'

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
    if (from === undefined || into === undefined) {
      console.error(`Usage: millrace ${salvage.usage}`)
      return 2
    }
    const report = await salvageStore(from, into)
    const lines = [...report.problems, `${report.frames} frames were saved into ${report.into}`]
    console.log(values.json ? JSON.stringify(report) : lines.map(printable).join('\n'))
    return report.problems.length === 0 ? 0 : 1
  },
}
