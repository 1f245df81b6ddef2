import { sql } from 'kysely'
import type { Context } from '../../kernel/context.ts'

/** What is known of a chore, over all processes. Times in seconds since 1970, 0 for never. */
export interface ChoreFacts {
  name: string
  endedAt: number
  failedAt: number
  failures: number
  rows: number
  bytes: number
}

/** Every chore that ever ran in any process. */
export async function readChores(ctx: Context): Promise<ChoreFacts[]> {
  const { rows } = await sql<ChoreFacts>`
    select name, coalesce(extract(epoch from ended_at), 0)::float8 as "endedAt",
      coalesce(extract(epoch from failed_at), 0)::float8 as "failedAt",
      failures, removed_rows as rows, removed_bytes as bytes
    from chores order by name`.execute(ctx.db)
  return rows
}
