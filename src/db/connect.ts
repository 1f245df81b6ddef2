import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import pg from 'pg'
import type { Tables } from './schema.ts'

export type Db = Kysely<Tables>
export type Trx = Transaction<Tables>

/** Where the database is: a connection string, or the embedded server's socket. */
export type Connection = { url: string } | { host: string; port: number; user: string; database: string; ssl: false }

export interface Database {
  db: Db
  pool: pg.Pool
  close(): Promise<void>
}

// Times in milliseconds and sizes in bytes fit a double exactly; nothing else here is an int8.
const types = new pg.TypeOverrides()
types.setTypeParser(pg.types.builtins.INT8, Number)
// A day has no time zone: it stays YYYY-MM-DD.
types.setTypeParser(pg.types.builtins.DATE, String)

const insert = /^\s*(with \w+ as \(\s*)?insert into (?!.*returning \*)/is
const often = 5
const mostTexts = 500
const seen = new Map<string, { name: string; times: number }>()

/** The name under which a connection keeps the statement, once its text has come up often. */
function nameOf(text: string): string | null {
  const known = seen.get(text)
  if (!known) {
    if (seen.size < mostTexts && insert.test(text)) seen.set(text, { name: `croft_${seen.size}`, times: 1 })
    return null
  }
  known.times += 1
  return known.times > often ? known.name : null
}

/**
 * Lets a connection parse and plan an insert that comes up often once and for all. Inserts alone: a plan made for a
 * small table can be the wrong one when it has grown, and a `select *` breaks when a migration adds a column.
 */
function prepareInserts(client: pg.PoolClient): void {
  const query = client.query.bind(client) as (...args: readonly unknown[]) => unknown
  Object.assign(client, {
    query(text: unknown, values: unknown, ...rest: readonly unknown[]) {
      const name = typeof text === 'string' && Array.isArray(values) && values.length > 0 ? nameOf(text) : null
      return name === null ? query(text, values, ...rest) : query({ name, text, values }, ...rest)
    },
  })
}

/**
 * The pool listens to idle connections alone. One that breaks while it is in use fails its next query; its event is
 * no news, but without a listener it would end the process.
 */
function outliveLoss(client: pg.PoolClient): void {
  client.on('error', () => undefined)
}

/** pg's options for a connection; `name` shows in pg_stat_activity. */
export function poolOptions(connection: Connection, name: string, max: number): pg.PoolConfig {
  const where = 'url' in connection ? { connectionString: connection.url } : connection
  return { ...where, max, application_name: name, connectionTimeoutMillis: 10_000, keepAlive: true }
}

/**
 * Opens a pool. Nothing connects until the first query.
 * @param onError an idle connection that broke, as at a restart of the server; the pool replaces it
 */
export function connect(
  connection: Connection,
  options: { name: string; max: number; onError: (error: Error) => void; options?: string },
): Database {
  const pool = new pg.Pool({
    ...poolOptions(connection, options.name, options.max),
    types,
    ...(options.options === undefined ? {} : { options: options.options }),
  })
  pool.on('error', options.onError)
  pool.on('connect', outliveLoss)
  pool.on('connect', prepareInserts)
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  return {
    db,
    pool,
    // Kysely ends only a pool that it has used.
    async close() {
      await db.destroy()
      if (!pool.ended) await pool.end()
    },
  }
}
