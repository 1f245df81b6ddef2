import { sql } from 'kysely'
import type { Context } from '../../kernel/context.ts'
import { CroftError } from '../../kernel/errors.ts'
import { recordEvent } from '../../kernel/record.ts'
import { systemUnit } from '../../kernel/unit-of-work.ts'
import { forgetFailures, pauseReview } from './failures.ts'
import { reviewKinds, type DueReview } from './kinds.ts'

const batch = 100

/** Those that have waited longest, of any kind. Reviews that failed recently are left out, so that they block no others. */
async function findDue(ctx: Context, before: Date): Promise<DueReview[]> {
  const { rows } = await sql<DueReview>`
    select kind, team_id, id, position, profile_id from (
      (select 'account' as kind, team_id, bundle_id as id, 0 as position, null::uuid as profile_id, in_review_at
        from bundle_accounts where status = 'in_review' and in_review_at <= ${before})
      union all (select 'video', s.team_id, s.bundle_id, s.position, null, s.in_review_at
        from video_slots s join bundles b on b.team_id = s.team_id and b.id = s.bundle_id
        where s.status = 'in_review' and s.in_review_at <= ${before} and b.auto_finalize_videos)
      union all (select 'edit_request', team_id, id, 0, profile_id, in_review_at
        from edit_requests where status = 'in_review' and in_review_at <= ${before})
    ) due
    where not exists (
      select from review_failures f where f.team_id = due.team_id and f.subject_id = due.id and f.position = due.position
        and f.next_at > ${ctx.clock.now()}
    )
    order by in_review_at limit ${batch}`.execute(ctx.db)
  return rows
}

/** Tells the team what prevents the finalizing, and restarts the review window. */
async function beginAnew(ctx: Context, due: DueReview, why: CroftError): Promise<void> {
  const { table, key, failed, facts } = reviewKinds[due.kind]
  const place = due.kind === 'video' ? sql`and position = ${due.position}` : sql``
  await systemUnit(ctx, due.team_id).commit(async (tx) => {
    await sql`
      update ${sql.table(table)} set in_review_at = ${tx.now}, updated_at = ${tx.now}
      where team_id = ${due.team_id} and ${sql.ref(key)} = ${due.id} ${place} and status = 'in_review'`.execute(tx.trx)
    await recordEvent(tx, failed, { ...facts(due), code: why.code, message: why.message })
  })
}

async function finalize(ctx: Context, due: DueReview, before: Date): Promise<boolean> {
  try {
    await reviewKinds[due.kind].finalize(systemUnit(ctx, due.team_id), due, before)
    return true
  } catch (error) {
    if (!(error instanceof CroftError)) throw error
    // The team or the manager came first.
    if (error.code !== 'invalid_status') await beginAnew(ctx, due, error)
    return false
  }
}

/**
 * Finalizes what a team has not reviewed within CROFT_REVIEW_WINDOW: accounts, videos (unless the bundle disables it)
 * and edit requests. If a part cannot be finalized, an event says why, and its review window restarts; if finalizing
 * throws, the review is paused, and the others continue.
 * @returns how many were finalized
 */
export async function finalizeDueReviews(ctx: Context): Promise<number> {
  const before = new Date(ctx.clock.now().getTime() - ctx.reviewWindowMs)
  let finalized = 0
  for (const due of await findDue(ctx, before)) {
    try {
      if (await finalize(ctx, due, before)) finalized += 1
      await forgetFailures(ctx, due)
    } catch (error) {
      const failures = await pauseReview(ctx, due)
      const { kind, team_id, id, position } = due
      ctx.log.error({ err: error, kind, team_id, id, position, failures }, 'a review could not be finalized; it will be retried')
    }
  }
  return finalized
}
