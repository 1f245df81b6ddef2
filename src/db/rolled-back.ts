import pg from 'pg'

/** Whether Postgres has rolled back what met this error: not so if the connection was lost, or the server stopped. */
export const isRolledBack = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code !== undefined && !/^(?:08|57P)/.test(error.code)
