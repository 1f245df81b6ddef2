import { sql } from 'kysely'
import { CroftError } from '../../kernel/errors.ts'
import { deactivateProfile } from '../closing/deactivate.ts'
import { getProfile } from '../profiles/get.ts'
import type { ProfileRow } from '../../kernel/rows.ts'
import { recordAudit } from '../../kernel/record.ts'
import { openUnit, type UnitOfWork, type Tx } from '../../kernel/unit-of-work.ts'
import { erasePosts } from './posts.ts'
import { eraseRest } from './rest.ts'
import { redactEvents } from './redact.ts'

/** What was erased, and what stays without personal data, as counts by kind. */
export interface Erasure {
  id: string
  at: Date
  erased: Record<string, number>
  kept: Record<string, number>
}

/** The ids by which events and stored responses refer to a profile. */
async function namesOf({ ctx }: UnitOfWork, { team_id, id }: ProfileRow): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from bundles where team_id = ${team_id} and profile_id = ${id}
    union all select id from edit_requests where team_id = ${team_id} and profile_id = ${id}`.execute(ctx.db)
  return [id, ...rows.map((row) => row.id)]
}

/**
 * The outcome of a post that is being published is unknown, so the erasure must wait for it. @throws CroftError
 * `invalid_state`
 */
async function requireNothingGoingOut({ ctx }: UnitOfWork, { team_id, id, status }: ProfileRow): Promise<void> {
  const post = await ctx.db
    .selectFrom('posts')
    .select('id')
    .where('team_id', '=', team_id)
    .where('profile_id', '=', id)
    .where('status', '=', 'publishing')
    .executeTakeFirst()
  if (post)
    throw new CroftError('invalid_state', `The post ${post.id} is being published. Send the request again when it has ended.`, {
      status,
    })
}

async function counts(tx: Tx, profile: ProfileRow): Promise<Erasure> {
  const { rows } = await sql<{ posts: number }>`
    select count(*)::int as posts from posts where team_id = ${profile.team_id} and profile_id = ${profile.id}`.execute(tx.trx)
  return { id: profile.id, at: tx.now, erased: { profiles: 1, posts: rows[0]?.posts ?? 0 }, kept: {} }
}

/**
 * Erases a profile: it is deactivated first, then everything that belongs to it is deleted, in short transactions. The
 * ledger stays; audit rows and events keep only what is not personal. After an interruption, another call continues.
 * @throws CroftError `profile_not_found`, `invalid_state` while a post is being published
 */
export async function eraseProfile(unit: UnitOfWork, id: string): Promise<Erasure> {
  const { ctx, caller } = unit
  const profile = await getProfile(ctx.db, caller.teamId, id)
  await requireNothingGoingOut(unit, profile)
  if (unit.dry) return unit.commit((tx) => counts(tx, profile))
  const names = await namesOf(unit, profile)
  if (profile.status !== 'deactivated') await deactivateProfile(openUnit(ctx, caller), id)
  await requireNothingGoingOut(unit, profile)
  const posts = await erasePosts(ctx, profile)
  const events = await redactEvents(ctx, caller.teamId, names)
  await ctx.drivers.get(profile.driver)?.forget?.(profile, [])
  return unit.commit(async (tx) => {
    const rest = await eraseRest(tx, profile, names)
    const erased = {
      ...rest.erased,
      posts: posts.posts,
      media: posts.media + rest.media,
      deliveries: events.deliveries,
    }
    const kept = { events: events.events, audit: posts.audit + rest.audit, credit_entries: rest.creditEntries }
    await recordAudit(tx, 'profile.erase', `profile:${id}`, null, { erased, kept })
    return { id, at: tx.now, erased, kept }
  })
}
