import type { Context } from '../context.ts'
import { finalizeAccount, finalizeVideo } from '../bundles/finalize.ts'
import { CroftError } from '../errors.ts'
import { approveEditRequest } from '../edit-requests/approve.ts'
import { recordEvent } from '../write/record.ts'
import { systemScope, type Scope, type Tx } from '../write/scope.ts'

const batch = 100

/** One review whose time has run out: how it is finalized, and how it goes on where that cannot be. */
interface Due {
  teamId: string
  finalize: (scope: Scope) => Promise<unknown>
  goOn: (tx: Tx, why: CroftError) => Promise<unknown>
}

const reasonOf = (why: CroftError) => ({ code: why.code, message: why.message })

async function dueAccounts(ctx: Context, before: Date): Promise<Due[]> {
  const rows = await ctx.db
    .selectFrom('bundle_accounts')
    .select(['team_id', 'bundle_id'])
    .where('status', '=', 'in_review')
    .where('in_review_at', '<=', before)
    .orderBy('in_review_at')
    .limit(batch)
    .execute()
  return rows.map(({ team_id, bundle_id }) => ({
    teamId: team_id,
    finalize: (scope) => finalizeAccount(scope, bundle_id, before),
    goOn: async (tx, why) => {
      await tx.trx
        .updateTable('bundle_accounts')
        .set({ in_review_at: tx.now, updated_at: tx.now })
        .where('team_id', '=', team_id)
        .where('bundle_id', '=', bundle_id)
        .where('status', '=', 'in_review')
        .execute()
      await recordEvent(tx, 'bundle.finalize_failed', { bundle_id, ...reasonOf(why) })
    },
  }))
}

async function dueVideos(ctx: Context, before: Date): Promise<Due[]> {
  const rows = await ctx.db
    .selectFrom('video_slots')
    .innerJoin('bundles', (join) =>
      join.onRef('bundles.team_id', '=', 'video_slots.team_id').onRef('bundles.id', '=', 'bundle_id'),
    )
    .select(['video_slots.team_id', 'bundle_id', 'position'])
    .where('video_slots.status', '=', 'in_review')
    .where('in_review_at', '<=', before)
    .where('auto_finalize_videos', '=', true)
    .orderBy('in_review_at')
    .limit(batch)
    .execute()
  return rows.map(({ team_id, bundle_id, position }) => ({
    teamId: team_id,
    finalize: (scope) => finalizeVideo(scope, bundle_id, position, before),
    goOn: async (tx, why) => {
      await tx.trx
        .updateTable('video_slots')
        .set({ in_review_at: tx.now, updated_at: tx.now })
        .where('team_id', '=', team_id)
        .where('bundle_id', '=', bundle_id)
        .where('position', '=', position)
        .where('status', '=', 'in_review')
        .execute()
      await recordEvent(tx, 'bundle.finalize_failed', { bundle_id, position, ...reasonOf(why) })
    },
  }))
}

async function dueRequests(ctx: Context, before: Date): Promise<Due[]> {
  const rows = await ctx.db
    .selectFrom('edit_requests')
    .select(['team_id', 'id', 'profile_id'])
    .where('status', '=', 'in_review')
    .where('in_review_at', '<=', before)
    .orderBy('in_review_at')
    .limit(batch)
    .execute()
  return rows.map(({ team_id, id, profile_id }) => ({
    teamId: team_id,
    finalize: (scope) => approveEditRequest(scope, profile_id, id, before),
    goOn: async (tx, why) => {
      await tx.trx
        .updateTable('edit_requests')
        .set({ in_review_at: tx.now, updated_at: tx.now })
        .where('team_id', '=', team_id)
        .where('id', '=', id)
        .where('status', '=', 'in_review')
        .execute()
      await recordEvent(tx, 'edit_request.finalize_failed', { edit_request_id: id, account_id: profile_id, ...reasonOf(why) })
    },
  }))
}

async function carryOut(ctx: Context, due: Due): Promise<boolean> {
  try {
    await due.finalize(systemScope(ctx, due.teamId))
    return true
  } catch (error) {
    // The team or the manager came first.
    if (error instanceof CroftError && error.code === 'invalid_status') return false
    if (!(error instanceof CroftError)) {
      ctx.log.warn({ err: error }, 'a review could not be finalized; it is tried again')
      return false
    }
    await systemScope(ctx, due.teamId).commit((tx) => due.goOn(tx, error))
    return false
  }
}

/**
 * Finalizes what a team has not reviewed within CROFT_REVIEW_WINDOW: accounts, videos (unless the bundle says not to) and edit requests.
 * What cannot be finalized is told, and its review begins anew.
 * @returns how many were finalized
 */
export async function finalizeDueReviews(ctx: Context): Promise<number> {
  const before = new Date(ctx.clock.now().getTime() - ctx.reviewWindowMs)
  let finalized = 0
  for (const find of [dueAccounts, dueVideos, dueRequests])
    for (const due of await find(ctx, before)) if (await carryOut(ctx, due)) finalized += 1
  return finalized
}
