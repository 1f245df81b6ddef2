import { isUuid, newId } from '../../lib/ids.ts'
import { requireAvailable } from '../../kernel/drivers.ts'
import { CroftError, invalid } from '../../kernel/errors.ts'
import { findProfile, lockProfile } from '../profiles/find.ts'
import { isClosed } from '../profiles/lifecycle.ts'
import { pacingOf, type Pacing } from '../profiles/pacing.ts'
import { viewProfile } from '../profiles/view.ts'
import type { PostRow, ProfileRow } from '../../kernel/rows.ts'
import type { Context } from '../../kernel/context.ts'
import type { UnitOfWork, Tx } from '../../kernel/unit-of-work.ts'
import { checkPost, enteredDescription, type PostInput } from './input.ts'
import { insertPost } from './insert.ts'
import { requirePacing } from './pacing.ts'

async function requireReady(tx: Tx, profile: ProfileRow): Promise<void> {
  if (profile.status === 'ready') return
  const { ctx } = tx
  const { readyAtEarliest, policy } = await viewProfile(ctx, tx.trx, profile)
  const maintenance = profile.status === 'warming' && profile.ready_at !== null
  const when = isClosed(profile.status)
    ? 'It will never be; create a new one.'
    : maintenance
      ? 'A maintenance run is under way; try again when it has ended.'
      : readyAtEarliest
        ? `It can be ready at ${readyAtEarliest.toISOString()} at the earliest.`
        : 'It is still being set up.'
  const extra = { status: profile.status, ready_at_earliest: readyAtEarliest?.toISOString() ?? null }
  const wait = maintenance ? Math.max(Math.ceil(policy.sessionMs / 1_000), 1) : undefined
  throw new CroftError(
    'profile_not_ready',
    `The profile is ${profile.status}, and only a ready one can post. ${when}`,
    extra,
    wait,
  )
}

const ownPacing = (profile: ProfileRow): Pacing | null => {
  const own = pacingOf(profile)
  return own.maxPerDay === null && own.minGapMs === null ? null : own
}

/** The pacing in force: the profile's own, else the team's. */
export async function pacingInForce(tx: Tx, profile: ProfileRow): Promise<Pacing> {
  const own = ownPacing(profile)
  if (own) return own
  return pacingOf(
    await tx.trx
      .selectFrom('teams')
      .select(['pacing_max_per_day', 'pacing_min_gap_ms'])
      .where('id', '=', profile.team_id)
      .executeTakeFirstOrThrow(),
  )
}

/** The profile with the pacing in force, in one trip to the database: this is the hottest path there is. @throws CroftError */
async function findWithPacing(tx: Tx, id: string): Promise<{ profile: ProfileRow; pacing: Pacing }> {
  const { teamId } = tx.caller
  const row =
    isUuid(id) &&
    (await tx.trx
      .selectFrom('profiles')
      .innerJoin('teams', 'teams.id', 'profiles.team_id')
      .selectAll('profiles')
      .select(['teams.pacing_max_per_day as team_max_per_day', 'teams.pacing_min_gap_ms as team_min_gap_ms'])
      .where('profiles.team_id', '=', teamId)
      .where('profiles.id', '=', id)
      .executeTakeFirst())
  if (!row) {
    const profile = await findProfile(tx.trx, teamId, id)
    return { profile, pacing: await pacingInForce(tx, profile) }
  }
  const { team_max_per_day: maxPerDay, team_min_gap_ms: minGapMs, ...profile } = row
  return { profile, pacing: ownPacing(profile) ?? { maxPerDay, minGapMs } }
}

/** Checks what needs no transaction. @throws CroftError */
export function requireCan(ctx: Context, profile: ProfileRow, input: PostInput): { hashtags: boolean } {
  const driver = ctx.drivers.get(profile.driver)
  requireAvailable(driver)
  if (!driver.can.publish.includes(input.mediaType))
    throw invalid([{ path: 'media_type', message: `the driver ${driver.name} cannot publish a ${input.mediaType}` }])
  if (!input.isLive && !driver.can.drafts)
    throw invalid([{ path: 'is_live', message: `the driver ${driver.name} cannot save drafts; send true` }])
  return { hashtags: driver.can.hashtags }
}

/** Accepts one post inside a transaction: the post, its task and its event. @throws CroftError */
export async function acceptPost(tx: Tx, profileId: string, input: PostInput): Promise<PostRow> {
  const { teamId } = tx.caller
  const { profile, pacing } = await findWithPacing(tx, profileId)
  await requireReady(tx, profile)
  const { hashtags } = requireCan(tx.ctx, profile, input)
  const due = input.executeAt === null ? tx.now : new Date(input.executeAt)
  if (pacing.maxPerDay !== null || pacing.minGapMs !== null) {
    await lockProfile(tx.trx, teamId, profileId)
    await requirePacing(tx.trx, { teamId, profileId, id: null, due }, pacing)
  }
  const { text: description, warnings } = enteredDescription(input.description, hashtags)
  const post = await insertPost(tx, { id: newId(), profile, input: { ...input, description }, warnings, due })
  tx.wake('media')
  return post
}

/**
 * Accepts a post; nothing is fetched here. Source: Algorhythm's “Post to a farm profile”.
 * @throws CroftError `validation_error`, `profile_not_found`, `profile_not_ready`, `cadence_exceeded`, `driver_unavailable`
 */
export async function createPost(unit: UnitOfWork, profileId: string, input: PostInput): Promise<PostRow> {
  checkPost(unit.ctx, input)
  return unit.commit((tx) => acceptPost(tx, profileId, input))
}
