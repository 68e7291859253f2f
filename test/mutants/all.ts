import { coreMutants } from './core.ts'
import { fileMutants } from './file.ts'
import { indexedDbMutants } from './indexeddb.ts'
import type { Mutant } from './mutant.ts'
import { poolMutants } from './pool.ts'
import { postgresMutants } from './postgres.ts'
import { runtimeMutants } from './runtime.ts'

export const mutants: readonly Mutant[] = [
  ...coreMutants,
  ...runtimeMutants,
  ...poolMutants,
  ...indexedDbMutants,
  ...postgresMutants,
  ...fileMutants,
]
