import { sql } from 'kysely'
import type { Context } from '../context.ts'

const keptMs = 24 * 3_600_000

/** Deletes keys that are past their time, some at a turn. */
export async function pruneKeys(ctx: Context): Promise<void> {
  const before = new Date(ctx.clock.now().getTime() - keptMs)
  await sql`
    delete from idempotency_keys where (team_id, key) in (
      select team_id, key from idempotency_keys where created_at < ${before} order by created_at limit 1000
    )`.execute(ctx.db)
}
