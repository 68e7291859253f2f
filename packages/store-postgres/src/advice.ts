/** What to do about a failure, by the code of PostgreSQL or of the system. */
const advices: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there: is the server up, and are host and port right?',
  ENOTFOUND: 'there is no such host: check the connection string',
  '3D000': 'create the database first',
  '42501':
    'the role needs CREATE on the database when the schema is made, and then USAGE on the schema and its sequence, and SELECT, INSERT, UPDATE and DELETE on its tables',
  '42P07': 'the schema holds tables of something else: give another schema',
  '53300': 'each store keeps two connections: raise the limit, or start fewer stores',
  '25006': 'the server takes no writes: connect to the primary',
  // A prepared statement that is not there, or there already.
  '26000': 'a pooler in between must be in session mode',
  '42P05': 'a pooler in between must be in session mode',
}

/** The message of an error, with advice if there is some. */
export function withAdvice(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const code = (error as { code?: unknown } | null)?.code
  const advice = typeof code === 'string' ? advices[code] : undefined
  return advice === undefined ? message : `${message}; ${advice}`
}
