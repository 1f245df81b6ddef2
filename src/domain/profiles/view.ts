import type { Db, Trx } from '../../db/connect.ts'
import type { Context } from '../../kernel/context.ts'
import type { ProfileRow, TaskRow, TeamRow } from '../../kernel/rows.ts'
import { isWarmedUp, profilePolicyOf, readyAtEarliest, type WarmupPolicy } from './warmup-policy.ts'
import { isBeingSetUp, isClosed } from './lifecycle.ts'

/** A profile with what is derived from its row, its team's policy and its next run. */
export interface ProfileView {
  row: ProfileRow
  policy: WarmupPolicy
  pictureUrl: string | null
  readyAtEarliest: Date | null
}

/** The address under which Croft serves a stored file; `n` counts slides from 1. */
export const mediaUrl = (ctx: Context, token: string, n?: number): string =>
  `${ctx.publicUrl()}/media/${token}${n === undefined ? '' : `/${n}`}`

/** The earliest time at which the profile can be ready, or null if it is ready or the time is unknown. */
function earliest(row: ProfileRow, policy: WarmupPolicy, nextRunAt: Date | null): Date | null {
  if (row.ready_at || isClosed(row.status) || isBeingSetUp(row.status) || !nextRunAt) return null
  const history = { runsCompleted: row.runs_completed, firstRunAt: row.first_run_at, lastRunEndedAt: row.last_run_ended_at }
  return isWarmedUp(policy, history) ? nextRunAt : readyAtEarliest(policy, history, nextRunAt)
}

/** When a run began, or can begin: one that waits for a person not before now. */
function startOf(run: Pick<TaskRow, 'status' | 'run_at' | 'started_at'>, now: Date): Date {
  if (run.started_at) return run.started_at
  return run.status === 'pending' && run.run_at < now ? now : run.run_at
}

/** Loads the details of some rows of one team, in three queries for any number of rows. */
export async function viewProfiles(
  ctx: Context,
  db: Db | Trx,
  teamId: string,
  rows: readonly ProfileRow[],
): Promise<ProfileView[]> {
  const team: TeamRow = await db.selectFrom('teams').selectAll().where('id', '=', teamId).executeTakeFirstOrThrow()
  const pictureIds = rows.flatMap((row) => row.picture_id ?? [])
  const pictures =
    pictureIds.length === 0
      ? []
      : await db.selectFrom('media').select(['id', 'token']).where('team_id', '=', teamId).where('id', 'in', pictureIds).execute()
  const warming = rows.filter((row) => !row.ready_at && !isClosed(row.status)).map((row) => row.id)
  const runs =
    warming.length === 0
      ? []
      : await db
          .selectFrom('tasks')
          .select(['profile_id', 'status', 'run_at', 'started_at'])
          .where('team_id', '=', teamId)
          .where('profile_id', 'in', warming)
          .where('kind', '=', 'warmup')
          .where('status', 'in', ['pending', 'queued', 'running', 'waiting'])
          .execute()
  return rows.map((row) => {
    const picture = pictures.find((one) => one.id === row.picture_id)
    const run = runs.find((one) => one.profile_id === row.id)
    const policy = profilePolicyOf(row, team, ctx.warmupDefaults)
    return {
      row,
      policy,
      pictureUrl: picture ? mediaUrl(ctx, picture.token) : null,
      readyAtEarliest: earliest(row, policy, run ? startOf(run, ctx.clock.now()) : null),
    }
  })
}

/** One view. */
export async function viewProfile(ctx: Context, db: Db | Trx, row: ProfileRow): Promise<ProfileView> {
  const [view] = await viewProfiles(ctx, db, row.team_id, [row])
  if (!view) throw new Error('a view for each row')
  return view
}
