import type pg from 'pg'

const tables = ['posts', 'tasks', 'task_steps', 'events', 'timeline', 'audit']

/**
 * Makes empty copies of Croft's own tables in the schema `bench`, with their indexes and foreign keys, and the sequence
 * `bench.ids`. Teams, profiles and media are Croft's.
 */
export async function copyTables(pool: pg.Pool): Promise<void> {
  const copies = tables.map((table) => `create table bench.${table} (like public.${table} including all)`)
  await pool.query(`drop schema if exists bench cascade; create schema bench; create sequence bench.ids; ${copies.join(';')}`)
  const { rows } = await pool.query<{ table: string; key: string }>(
    `select conrelid::regclass::text as table, pg_get_constraintdef(oid) as key from pg_constraint
    where contype = 'f' and connamespace = 'public'::regnamespace and conrelid::regclass::text = any($1)`,
    [tables],
  )
  // References lead to a copy where there is one.
  const keys = rows.map(({ table, key }) => `alter table bench.${table} add ${key}`)
  await pool.query(`begin; set local search_path = bench, public; ${keys.join(';')}; commit`)
}
