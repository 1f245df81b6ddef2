import { sql } from 'kysely'
import type { Context } from '../context.ts'
import { tooOld } from './keys.ts'

/** Deletes keys that are past their time, some at a turn. */
export async function pruneKeys(ctx: Context): Promise<void> {
  await sql`
    delete from idempotency_keys where (team_id, key) in (
      select team_id, key from idempotency_keys where created_at < ${tooOld(ctx)} order by created_at limit 1000
    )`.execute(ctx.db)
}
