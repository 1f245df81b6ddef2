import type { Db, Trx } from '../../db/connect.ts'
import type { Context } from '../../kernel/context.ts'
import { run } from '../../db/statement.ts'
import type { ProfileRow } from '../../kernel/rows.ts'
import { isUuid } from '../../lib/ids.ts'
import { profileNotFound } from './get.ts'
import { isBeingSetUp, isClosed } from './lifecycle.ts'
import { profileById, profilesByIds, type ProfileFacts, type ProfileRead } from './read.ts'
import { isWarmedUp, policyOf, readyAtEarliest, type WarmupPolicy } from './warmup-policy.ts'

/** A profile with what is derived from its row, its team's policy and its next run. */
export interface ProfileDetails<Row extends ProfileFacts = ProfileFacts> {
  row: Row
  policy: WarmupPolicy
  pictureUrl: string | null
  readyAtEarliest: Date | null
}

/** The address under which Croft serves a stored file; `n` counts slides from 1. */
export const mediaUrl = (ctx: Context, token: string, n?: number): string =>
  `${ctx.publicUrl()}/media/${token}${n === undefined ? '' : `/${n}`}`

/** When the profile can be ready at the earliest, or null if it is ready, or if that is not known yet. */
function earliest(row: ProfileRead, policy: WarmupPolicy, nextRunAt: Date | null): Date | null {
  if (row.ready_at || isClosed(row.status) || isBeingSetUp(row.status) || !nextRunAt) return null
  const history = { runsCompleted: row.runs_completed, firstRunAt: row.first_run_at, lastRunEndedAt: row.last_run_ended_at }
  return isWarmedUp(policy, history) ? nextRunAt : readyAtEarliest(policy, history, nextRunAt)
}

/** When the next run began, or can begin: one that waits for a person not before now. */
function startOf(row: ProfileRead, now: Date): Date | null {
  if (row.next_run_started_at || !row.next_run_at) return row.next_run_started_at
  return row.next_run_status === 'pending' && row.next_run_at < now ? now : row.next_run_at
}

/** The details of a row that a statement of read.ts gave. */
export function toProfileDetails(ctx: Context, row: ProfileRead): ProfileDetails {
  const policy = policyOf(row, ctx.warmupDefaults)
  return {
    row,
    policy,
    pictureUrl: row.picture_token === null ? null : mediaUrl(ctx, row.picture_token),
    readyAtEarliest: earliest(row, policy, startOf(row, ctx.clock.now())),
  }
}

/** One profile with its details. @throws CroftError `profile_not_found`, the same for another team's profile as for none */
export async function getProfileDetails(ctx: Context, teamId: string, id: string): Promise<ProfileDetails> {
  const [row] = isUuid(id) ? await ctx.lookUp(profileById, [teamId, id]) : []
  if (!row) throw profileNotFound()
  return toProfileDetails(ctx, row)
}

/** The details of some profiles of a team, in the order of their ids, newest first. */
export async function listProfileDetails(ctx: Context, teamId: string, ids: readonly string[]): Promise<ProfileDetails[]> {
  return (await ctx.read(profilesByIds, [teamId, ids])).map((row) => toProfileDetails(ctx, row))
}

/** The details of a row, also within the transaction that writes it. */
export async function profileDetails(ctx: Context, db: Db | Trx, row: ProfileRow): Promise<ProfileDetails<ProfileRow>> {
  const [read] = await run(db, profileById, [row.team_id, row.id])
  if (!read) throw profileNotFound()
  return { ...toProfileDetails(ctx, read), row }
}
