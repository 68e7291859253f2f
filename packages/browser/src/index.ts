/** The browser: tabs, the online gate, uploads, the service worker. */
export { joinTabs, type JoinTabsOptions, type TabStore } from './join-tabs.ts'
export { Tab, type TabWorkOptions } from './tab.ts'
export type { PageLife } from './page-life.ts'
export { onlineGate, OnlineGate, type OnlineGateOptions } from './online-gate.ts'
export type { GateStatus } from './gate-state.ts'
export type { NetworkSignals } from './network-signals.ts'
export type { Verdict } from './verdict.ts'
export {
  uploadJob,
  type UploadJob,
  type UploadJobOptions,
  type UploadPayload,
  type UploadResult,
  type UploadSettings,
} from './upload-job.ts'
export { createUploads, Uploads, type AddOptions, type UploadsOptions } from './uploads.ts'
export type { BlobPlace } from './blob-place.ts'
export { keepStorage } from './keep-storage.ts'
export {
  registerServiceWorker,
  type RegisterServiceWorkerOptions,
  type ServiceWorkerHandOver,
} from './register-service-worker.ts'
export {
  serveServiceWorker,
  type ServeServiceWorkerOptions,
  type ServiceWork,
} from './serve-service-worker.ts'
export { workerClock } from './worker-clock.ts'
export { serveTimers } from './serve-timers.ts'
