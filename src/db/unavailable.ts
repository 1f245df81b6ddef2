import pg from 'pg'

const codes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  '57P01',
  '57P02',
  '57P03',
  '08000',
  '08003',
  '08006',
  '08001',
  '53300',
])

/** Whether the error means that the database cannot be reached, rather than that it refused something. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, syscall } = error as { code?: unknown; syscall?: unknown }
  return (
    // FATAL: the server ends the session, or refuses to begin one.
    (error instanceof pg.DatabaseError && error.severity === 'FATAL') ||
    (code === 'ENOENT' && syscall === 'connect') ||
    (typeof code === 'string' && codes.has(code)) ||
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(error.message)
  )
}
