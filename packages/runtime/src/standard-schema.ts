import { MillraceError } from '@millrace/core'

/** What zod, valibot, arktype and others implement: https://standardschema.dev, version 1. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}

export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] }

export interface SchemaIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

export type InputOf<Schema extends StandardSchema> = NonNullable<Schema['~standard']['types']>['input']
export type OutputOf<Schema extends StandardSchema> = NonNullable<Schema['~standard']['types']>['output']

/** The value as the schema hands it on; `PAYLOAD_INVALID` names the first things that are wrong with it. */
export function validate(schema: StandardSchema, value: unknown, what: string): unknown {
  const result = schema['~standard'].validate(value)
  return isThenable(result) ? result.then((late) => accepted(late, what)) : accepted(result, what)
}

function accepted(result: SchemaResult<unknown>, what: string): unknown {
  if (result.issues === undefined) return result.value
  const issues = result.issues.slice(0, 3).map(({ message, path = [] }) => `${pathOf(path)}: ${message}`)
  const more = result.issues.length > 3 ? ` (and ${result.issues.length - 3} more)` : ''
  throw new MillraceError(
    'PAYLOAD_INVALID',
    `${what} is not what its schema asks for: ${issues.join('; ')}${more}`,
  )
}

function pathOf(path: NonNullable<SchemaIssue['path']>): string {
  const keys = path.map((part) => String(typeof part === 'object' ? part.key : part))
  return ['$', ...keys].join('.')
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    value !== null &&
    (typeof value === 'object' || typeof value === 'function') &&
    typeof (value as { then?: unknown }).then === 'function'
  )
}
