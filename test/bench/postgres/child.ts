import type { OpenContender } from './contender.ts'
import { measure } from './rows.ts'

/** One contender in a process of its own: `child.ts <contender> <connection> <single> <many> <lone>`. */
const [name = '', connectionString = '', single = '', many = '', lone = ''] = process.argv.slice(2)
const { open } = (await import(`./${name}.ts`)) as { open: OpenContender }
const figures = await measure(open, connectionString, {
  single: Number(single),
  many: Number(many),
  lone: Number(lone),
})
process.send!(figures, () => process.exit(0))
