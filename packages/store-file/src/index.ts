/** The file store: the table with an append-only log. */
export { fileStore, type FileStoreOptions } from './file-store.ts'
export type { Durability } from './guarantee.ts'
export { salvageStore, type SalvageReport } from './salvage.ts'
export { submitJobs, type Submitted } from './submit-jobs.ts'
export { verifyStore, type FileReport, type VerifyReport } from './verify.ts'
export { visitStore, type Visit } from './visit-store.ts'
