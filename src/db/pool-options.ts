import type pg from 'pg'

/** Where the database is: a connection string, or the embedded server's socket. */
export type Connection = { url: string } | { host: string; port: number; user: string; database: string; ssl: false }

/** pg's options for a connection; `name` shows in pg_stat_activity. */
export function poolOptions(connection: Connection, name: string, max: number): pg.PoolConfig {
  const where = 'url' in connection ? { connectionString: connection.url } : connection
  return { ...where, max, application_name: name, connectionTimeoutMillis: 10_000, keepAlive: true }
}
