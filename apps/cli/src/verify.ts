import { parseArgs } from 'node:util'
import { verifyStore, type FileReport, type VerifyReport } from 'millrace/file'
import { Misspelt, printable, type Command } from './command.ts'

/** `millrace verify <directory>`: reads every byte of a store and changes none. */
export const verify: Command = {
  name: 'verify',
  usage: 'verify <directory> [--json]',
  summary: 'read all of a store and say whether everything acknowledged is there',
  run: (argv) => {
    const { positionals, values } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false } },
    })
    const [directory] = positionals
    if (directory === undefined) throw new Misspelt('verify needs the directory of a store')
    const report = verifyStore(directory)
    console.log(values.json ? JSON.stringify(report) : told(report))
    return report.verdict === 'sound' ? 0 : 4
  },
}

function told(report: VerifyReport): string {
  const lines = report.files.map(line)
  for (const warning of report.warnings) lines.push(`warning: ${printable(warning)}`)
  if (report.damage !== undefined) lines.push(`DAMAGED: ${printable(report.damage)}`)
  else lines.push(`sound: everything up to change ${report.lastSeq} is there`)
  return lines.join('\n')
}

function line({ name, state, frames, firstSeq, lastSeq, wholeBytes, bytes }: FileReport): string {
  const range = frames === 0 ? 'empty' : `${frames} frames, changes ${firstSeq} to ${lastSeq}`
  const cut = state === 'cut' ? `, whole up to byte ${wholeBytes} of ${bytes}` : ''
  return `${printable(name)}  ${state.padEnd(10)} ${state === 'unreadable' ? `${bytes} bytes` : range}${cut}`
}
