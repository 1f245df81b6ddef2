import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import pg from 'pg'
import { poolOptions, type Connection } from './pool-options.ts'
import type { Tables } from './schema.ts'
import { nameOf } from './statement.ts'

export { poolOptions, type Connection }

export type Db = Kysely<Tables>
export type Trx = Transaction<Tables>

export interface Database {
  db: Db
  pool: pg.Pool
  close(): Promise<void>
}

/** How values are read. Times in milliseconds and sizes in bytes fit a double exactly; nothing else here is an int8. */
export const types = new pg.TypeOverrides()
types.setTypeParser(pg.types.builtins.INT8, Number)
// A day has no time zone: it stays YYYY-MM-DD.
types.setTypeParser(pg.types.builtins.DATE, String)

/** Passes a statement's name to the connection, which then parses it once: Kysely passes the text alone. */
function passNames(client: pg.PoolClient): void {
  const query = client.query.bind(client) as (...args: readonly unknown[]) => unknown
  Object.assign(client, {
    query(text: unknown, values: unknown, ...rest: readonly unknown[]) {
      const name = typeof text === 'string' ? nameOf(text) : undefined
      return name === undefined ? query(text, values, ...rest) : query({ name, text, values }, ...rest)
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

/**
 * Every statement reads a few rows by an index. Postgres cannot always tell: where many rows wait it expects to read them all,
 * and starts processes or compiles code for it, which takes far longer than the statement.
 */
const planning = '-c max_parallel_workers_per_gather=0 -c jit=off'

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
    options: [planning, options.options].filter((one) => one !== undefined).join(' '),
  })
  pool.on('error', options.onError)
  pool.on('connect', outliveLoss)
  pool.on('connect', passNames)
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
