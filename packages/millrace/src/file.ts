/** `millrace/file`: the durable store for Node. */
export {
  fileStore,
  salvageStore,
  submitJobs,
  verifyStore,
  type Durability,
  type FileReport,
  type FileStoreOptions,
  type SalvageReport,
  type Submitted,
  type VerifyReport,
} from '@millrace/store-file'
