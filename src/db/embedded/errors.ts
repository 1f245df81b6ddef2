/** The embedded database cannot start, be reached or be stopped; the message says why and what to do. */
export class EmbeddedDatabaseError extends Error {
  override name = 'EmbeddedDatabaseError'
}

/** The system's code of an error (`ENOENT`), or Postgres's five characters; undefined if it has none. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** For a promise's `catch`: undefined for one of the expected codes; rethrows every other error. */
export function unless(...expected: string[]): (error: unknown) => undefined {
  return (error) => {
    if (!expected.includes(codeOf(error) ?? '')) throw error
    return undefined
  }
}
