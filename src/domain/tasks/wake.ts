import type { Context } from '../../kernel/context.ts'
import { wakeProfile } from '../../jobs/definitions.ts'
import { findProfile } from '../profiles/find.ts'
import { movePost } from '../posts/move.ts'
import { lockPost } from '../posts/find.ts'
import type { ProfileRow } from '../../kernel/rows.ts'
import { systemUnit, type Tx } from '../../kernel/unit-of-work.ts'
import { claimTask, type ClaimedTask } from '../../engine/tasks/claim.ts'
import { lockClaim } from '../../engine/tasks/end.ts'
import { kindOf } from './kinds.ts'
import { perform } from './perform.ts'
import { ClaimLost } from '../../engine/tasks/steps.ts'

async function markDue(tx: Tx, profileId: string): Promise<void> {
  const due = await tx.trx
    .selectFrom('posts')
    .select('id')
    .where('team_id', '=', tx.caller.teamId)
    .where('profile_id', '=', profileId)
    .where('status', '=', 'scheduled')
    .where('execute_at', '<=', tx.now)
    .orderBy('id')
    .execute()
  for (const { id } of due) {
    const post = await lockPost(tx.trx, tx.caller.teamId, id)
    if (post.status === 'scheduled' && post.execute_at && post.execute_at <= tx.now)
      await movePost(tx, post, 'came_due', 'Its time has come.')
  }
}

type Claimed = { task: ClaimedTask; profile: ProfileRow; go: boolean }

const claimNext = (ctx: Context, teamId: string, profileId: string, worker: string): Promise<Claimed | null> =>
  systemUnit(ctx, teamId).commit(async (tx) => {
    await markDue(tx, profileId)
    const task = await claimTask(tx, profileId, worker)
    if (!task) return null
    const profile = await findProfile(tx.trx, teamId, profileId)
    return { task, profile, go: task.begun || (await kindOf(task).begin(tx, task, profile)) }
  })

async function carryOut(ctx: Context, { task }: Claimed): Promise<void> {
  await ctx.reach('task.claimed')
  const kind = kindOf(task)
  const before = await findProfile(ctx.db, task.team_id, task.profile_id)
  const settlement = await perform(ctx, task, before, (work) => kind.perform(work))
  await systemUnit(ctx, task.team_id).commit(async (tx) => {
    await lockClaim(tx, task)
    await kind.settle(tx, task, await findProfile(tx.trx, task.team_id, task.profile_id), settlement)
  })
  await ctx.reach('task.settled')
}

/** A job can come a moment before its time where two clocks differ; then the profile is woken again when it has come. */
async function wakeAgain(ctx: Context, teamId: string, profileId: string): Promise<void> {
  const soon = await ctx.db
    .selectFrom('tasks')
    .select('run_at')
    .where('team_id', '=', teamId)
    .where('profile_id', '=', profileId)
    .where('status', '=', 'queued')
    .where('run_at', '>', ctx.clock.now())
    .where('run_at', '<', new Date(ctx.clock.now().getTime() + 2_000))
    .orderBy('run_at')
    .limit(1)
    .executeTakeFirst()
  if (soon)
    await systemUnit(ctx, teamId).commit((tx) => tx.send(wakeProfile, { team_id: teamId, profile_id: profileId }, soon.run_at))
}

/**
 * Carries out the profile's due tasks, one after the other, until none is left or another worker holds the profile.
 * Whichever job woke it: the earliest due goes first.
 */
export async function carryOutDue(
  ctx: Context,
  teamId: string,
  profileId: string,
  worker: string,
  signal: AbortSignal,
): Promise<void> {
  let any = false
  while (!signal.aborted) {
    const claimed = await claimNext(ctx, teamId, profileId, worker)
    if (!claimed) break
    any = true
    if (!claimed.go) continue
    try {
      await carryOut(ctx, claimed)
    } catch (error) {
      if (!(error instanceof ClaimLost)) throw error
      ctx.log.warn({ task_id: claimed.task.id }, 'another worker has taken this task over')
    }
  }
  if (!any && !signal.aborted) await wakeAgain(ctx, teamId, profileId)
}
