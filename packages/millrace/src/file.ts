/** `millrace/file`: the durable store for Node. */
export {
  fileStore,
  salvageStore,
  submitJobs,
  verifyStore,
  visitStore,
  type Durability,
  type FileReport,
  type FileStoreOptions,
  type SalvageReport,
  type Submitted,
  type VerifyReport,
  type Visit,
} from '@millrace/store-file'
export type { Job } from '@millrace/core'
