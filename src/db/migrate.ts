import { readdir, readFile } from 'node:fs/promises'
import type pg from 'pg'
import { repairEventOrder } from './repair-order.ts'

const directory = new URL('./migrations/', import.meta.url)
const lock = 7_236_011

/** A database that this version of Croft must not touch. The message says what to do. */
export class SchemaTooNewError extends Error {}

interface Migration {
  number: number
  name: string
  sql: string
  breaking: boolean
}

/** The migrations in order: `{number, name, sql}`. A file that starts with `-- breaking` locks out older versions. */
async function migrations(): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => /^\d{4}_[a-z0-9_]+\.sql$/.test(name)).sort()
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, directory), 'utf8')
      return { number: Number(name.slice(0, 4)), name: name.slice(5, -4), sql, breaking: sql.startsWith('-- breaking') }
    }),
  )
}

/**
 * Updates the schema, each migration in its own transaction; safe from many processes at once.
 * @param say is called with what will run, before it does
 * @throws SchemaTooNewError if a newer Croft has made a breaking change
 */
export async function migrate(pool: pg.Pool, say: (line: string, details: object) => void = () => undefined): Promise<void> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('select pg_advisory_lock($1)', [lock])
    // A migration that a crash undoes runs again; whatever is committed after it reaches the disk after it.
    await client.query('set synchronous_commit = off')
    await runMissing(client, await migrations(), say)
    await repairEventOrder(client)
    await client.query('reset synchronous_commit')
    await client.query('select pg_advisory_unlock($1)', [lock])
  } catch (error) {
    broken = error instanceof Error ? error : new Error(String(error))
    throw error
  } finally {
    // A connection that broke off in the middle is discarded, and its transaction and lock with it.
    client.release(broken)
  }
}

async function runMissing(
  client: pg.PoolClient,
  known: Migration[],
  say: (line: string, details: object) => void,
): Promise<void> {
  const newest = known.at(-1)?.number ?? 0
  await client.query(
    `create table if not exists migrations (number integer primary key, name text not null, breaking boolean not null, ran_at timestamptz not null default now())`,
  )
  const rows = (
    await client.query<{ number: number; name: string; breaking: boolean }>('select number, name, breaking from migrations')
  ).rows
  const newer = rows.find((row) => row.number > newest && row.breaking)
  if (newer)
    throw new SchemaTooNewError(
      `The database was changed by a newer Croft (migration ${newer.number}, ${newer.name}). Run that version or a later one.`,
    )
  const missing = known.filter((one) => !rows.some((row) => row.number === one.number))
  if (missing.length > 0) {
    const names = missing.map((one) => one.name)
    say(`Updating the schema (${names.length} ${names.length === 1 ? 'migration' : 'migrations'})`, {
      migrations: names,
    })
  }
  for (const migration of missing) {
    await client.query('begin')
    await client.query('insert into migrations (number, name, breaking) values ($1, $2, $3)', [
      migration.number,
      migration.name,
      migration.breaking,
    ])
    await client.query(migration.sql)
    await client.query('commit')
  }
}
