import { sql } from 'kysely'
import type { Context } from '../../kernel/context.ts'
import type { DueReview } from './kinds.ts'

const firstPauseMs = 60_000
const mostPauseMs = 6 * 3_600_000

/** Pauses a review that could not be finalized, longer after each failure. @returns how often it has failed */
export async function pauseReview(ctx: Context, due: DueReview): Promise<number> {
  const now = ctx.clock.now()
  const { rows } = await sql<{ failures: number }>`
    insert into review_failures as f (team_id, subject_id, position, failures, next_at)
    values (${due.team_id}, ${due.id}, ${due.position}, 1, ${new Date(now.getTime() + firstPauseMs)})
    on conflict (team_id, subject_id, position) do update set failures = f.failures + 1,
      next_at = ${now}::timestamptz + least(${firstPauseMs} * power(2, least(f.failures, 20)), ${mostPauseMs}) * interval '1 millisecond'
    returning failures`.execute(ctx.db)
  return rows[0]?.failures ?? 1
}

/** Deletes the failures of a review that is over. */
export async function forgetFailures(ctx: Context, due: DueReview): Promise<void> {
  await sql`
    delete from review_failures where team_id = ${due.team_id} and subject_id = ${due.id} and position = ${due.position}`.execute(
    ctx.db,
  )
}
