import type pg from 'pg'

/** Counts statements that the server carried out for a database, as pg_stat_statements does: begin and commit are two of them. What `reach` asks is not. */
export interface StatementCounter {
  /** Since the last call. */
  count(): Promise<number>
}

/** @param admin a connection to another database of the same server, so that it does not count itself */
export async function countStatements(admin: pg.Pool, database: string): Promise<StatementCounter> {
  await admin.query('create extension if not exists pg_stat_statements')
  const calls = async () => {
    const { rows } = await admin.query<{ calls: string }>(
      `select coalesce(sum(calls), 0) as calls from pg_stat_statements s join pg_database d on d.oid = s.dbid
       where d.datname = $1 and s.query not like '%bench_count%'`,
      [database],
    )
    return Number(rows[0]?.calls)
  }
  let last = await calls()
  return {
    async count() {
      const now = await calls()
      const since = now - last
      last = now
      return since
    },
  }
}
