/** The runtime: typed jobs, workers, events. */
export { createRuntime } from './create-runtime.ts'
export { Runtime } from './runtime.ts'
export type { CheckedSteps, Flow, FlowAfter, FlowOptions, FlowStep, Takes } from './flow.ts'
export type { EndedFilter } from './ended-jobs.ts'
export type { JobFilter, JobPage } from './inspection.ts'
export type { RuntimeOptions } from './runtime-options.ts'
export type { QueueOptions, RetentionOptions } from './queue-options.ts'
export {
  defineJob,
  JobDefinition,
  type DeadLetter,
  type Handler,
  type Implementation,
  type JobOptions,
  type UniqueOptions,
} from './define-job.ts'
export type { RetryOptions } from './retry-options.ts'
export { aesGcmCodec, type AesGcmOptions, type Codec } from './aes-gcm-codec.ts'
export { backoff, type BackoffOptions } from './backoff.ts'
export { parseDuration, type Duration } from './duration.ts'
export type { StandardSchema } from './standard-schema.ts'
export { HandlerContext } from './context.ts'
export { NonRetryable, RetryAfter, Snooze } from './throwables.ts'
export { toResponse } from './problem-response.ts'
export { webhookHandler, type Delivery, type WebhookOptions } from './webhook.ts'
export { verifyWebhook, type VerifyOptions, type WebhookSecret } from './webhook-signature.ts'
export type { ChildOptions, EnqueueOptions } from './enqueue-options.ts'
export type { Enqueued } from './enqueue-batch.ts'
export type { JobId } from './job-id.ts'
export { JobView } from './job-view.ts'
export type {
  AttemptPool,
  PooledAttempt,
  PooledFacts,
  PooledJob,
  PooledListener,
  PooledOutcome,
  PooledRequest,
  PoolUser,
  Remote,
} from './attempt-pool.ts'
export { remoteImplementation, type RemoteImplementation } from './remote-performance.ts'
export { Worker, type StopOptions, type StopReport } from './worker.ts'
export type { WorkerOptions } from './worker-options.ts'
export {
  DeadLetters,
  type DeadLetterFilter,
  type DeadLetterPage,
  type RedriveOptions,
} from './dead-letters.ts'
export type { EventMap, EventType, JobNews, QueueNews } from './events.ts'
export type { Counted, MetricsSnapshot, Quantiles } from './metrics.ts'
export { systemClock, type Clock } from './clock.ts'
export { VirtualClock } from './virtual-clock.ts'
export { seededEntropy, systemEntropy, type Entropy } from './entropy.ts'
export { FaultStore, type FaultOptions } from './fault-store.ts'
export type { Recording, RecordingReport, RecordOptions, TraceWriter } from './recording.ts'
export { traceVersion, type TraceHeader, type TracedQueue, type TraceLine } from './trace-format.ts'
export type { ScheduleOptions, ScheduleRule, ScheduleView } from './schedules.ts'
export {
  createTestRuntimeOn,
  TestRuntime,
  type PayloadMatcher,
  type TestRuntimeOptions,
} from './test-runtime.ts'
