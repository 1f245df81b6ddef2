import type pg from 'pg'

const tables = ['posts', 'tasks', 'task_steps', 'events', 'timeline', 'audit']

/** Makes empty copies of Croft's own tables, with their indexes, in the schema `bench`, and the sequence `bench.ids`. */
export const copyTables = (pool: Pick<pg.Pool, 'query'>): Promise<unknown> =>
  pool.query(`drop schema if exists bench cascade; create schema bench; create sequence bench.ids;
    ${tables.map((table) => `create table bench.${table} (like public.${table} including all)`).join(';')}`)
