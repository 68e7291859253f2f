import type { UploadSettings } from './upload-job.ts'

/** One attempt to bring one file to the server. */
export interface Transfer {
  readonly blob: Blob
  readonly name: string
  readonly metadata: Readonly<Record<string, string>>
  /** Id of the job: the same in every attempt. */
  readonly id: string
  readonly settings: UploadSettings
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  /** Bytes on their way or there. */
  onBytes(bytes: number): void
  /** The server has so many bytes for good. */
  onPart(bytes: number): void
}
