import { CompiledQuery } from 'kysely'
import type pg from 'pg'
import type { Db, Trx } from './connect.ts'

/**
 * A hand-written statement that each connection parses once and keeps under its name. It lists its columns: the result
 * of a named `select *` changes with a migration, which Postgres refuses. Its plan must be right for a table of any size.
 */
export interface Statement<Row> {
  readonly name: string
  readonly text: string
  /** Never set: holds the type of a row. */
  readonly row?: Row
}

const names = new Map<string, string>()

/** Names a statement; call it once per statement, where the module is loaded. Names are cut off at 63 bytes. */
export function statement<Row>(name: string, text: string): Statement<Row> {
  names.set(text, name)
  return { name, text }
}

/** The name of a statement by its text, or undefined if it was given none. */
export const nameOf = (text: string): string | undefined => names.get(text)

/** Runs a named statement, also inside a transaction. @returns its rows */
export async function run<Row>(db: Db | Trx, { text }: Statement<Row>, values: readonly unknown[]): Promise<Row[]> {
  const { rows } = await db.executeQuery<Row>(CompiledQuery.raw(text, [...values]))
  return rows
}

export type Reader = <Row>(statement: Statement<Row>, values: readonly unknown[]) => Promise<Row[]>

/** Runs named statements by the pool itself. */
export function readerOf(pool: pg.Pool): Reader {
  return async <Row>({ name, text }: Statement<Row>, values: readonly unknown[]) => {
    const { rows } = await pool.query({ name, text, values: [...values] })
    return rows as Row[]
  }
}
