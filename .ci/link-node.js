// After `npm ci`: older versions of npm (Debian's 9.2 among them) install the right node-linux package and then
// remove its command together with that of the other architecture. Runs on any Node, so it is plain JavaScript.
import { existsSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const target = join('..', `node-${process.platform}-${process.arch}`, 'bin', 'node')
const commands = join(dirname(fileURLToPath(import.meta.url)), '..', 'node_modules', '.bin')

if (existsSync(join(commands, target)) && !existsSync(join(commands, 'node'))) {
  symlinkSync(target, join(commands, 'node'))
}
