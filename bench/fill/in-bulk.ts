import type pg from 'pg'

const tables = ['phones', 'profiles', 'profile_counts', 'posts', 'tasks', 'events', 'timeline']

/** How many rows pay for dropping the indexes and making them anew. */
const many = 100_000

/** Indexes other than primary keys and constraints, and how to make them again. */
const secondary = `
  select c.oid::regclass::text as name, pg_get_indexdef(c.oid) as definition
  from pg_index i join pg_class c on c.oid = i.indexrelid
  where i.indrelid = any($1::regclass[]) and not i.indisprimary and not exists (select from pg_constraint k where k.conindid = c.oid)`

/**
 * Fills tables while nobody else uses them, and leaves them as a server that has run for long: all indexes there, its rows
 * vacuumed, its statistics known. Of many rows the indexes are made afterwards, and foreign keys are not asked.
 */
export async function inBulk(pool: pg.Pool, rows: number, fill: (client: pg.PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query(`set session_replication_role = replica; set synchronous_commit = off; set maintenance_work_mem = '512MB'`)
    const { rows: indexes } =
      rows < many ? { rows: [] } : await client.query<{ name: string; definition: string }>(secondary, [tables])
    for (const { name } of indexes) await client.query(`drop index ${name}`)
    await fill(client)
    for (const { definition } of indexes) await client.query(definition)
    for (const table of tables) await client.query(`vacuum (analyze) ${table}`)
    await client.query('checkpoint')
  } finally {
    // The session's settings end with it.
    client.release(true)
  }
}
