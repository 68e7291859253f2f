declare const result: unique symbol

/** The id of a job; a plain string that remembers the type of the job's result. */
export type JobId<Result = unknown> = string & { readonly [result]?: Result }
