import { run, statement } from '../../db/statement.ts'
import type { Context } from '../../kernel/context.ts'
import { requireAvailable } from '../../kernel/drivers.ts'
import { CroftError, invalid } from '../../kernel/errors.ts'
import type { PostRow, ProfileRow } from '../../kernel/rows.ts'
import type { Entry, SharedTx } from '../../kernel/unit-of-work.ts'
import { isUuid } from '../../lib/ids.ts'
import { profileNotFound } from '../profiles/get.ts'
import { pacingInForce, type Pacing } from '../profiles/pacing.ts'
import { enteredDescription, type PostInput } from './input.ts'
import { insertPosts, type AcceptedPost } from './insert.ts'
import { paceRefusals } from './pacing.ts'
import { unreadyRefusals } from './ready.ts'

export interface NewPost {
  profileId: string
  input: PostInput
}

interface Found extends Pick<ProfileRow, 'team_id' | 'id' | 'driver' | 'status' | 'pacing_max_per_day' | 'pacing_min_gap_ms'> {
  team_max_per_day: number | null
  team_min_gap_ms: number | null
}

// Lateral, so that the plan is by index even if it was made while the table was empty.
const find = statement<Found>(
  'profiles_to_post_to',
  `select found.*, t.pacing_max_per_day as team_max_per_day, t.pacing_min_gap_ms as team_min_gap_ms
  from unnest($1::uuid[], $2::uuid[]) as asked (team_id, id)
  cross join lateral (
    select p.team_id, p.id, p.driver, p.status, p.pacing_max_per_day, p.pacing_min_gap_ms from profiles p
    where p.team_id = asked.team_id and p.id = asked.id limit 1
  ) found
  join teams t on t.id = found.team_id`,
)

const keyOf = (teamId: string, id: string): string => `${teamId} ${id.toLowerCase()}`

/** The profiles of the entries, with the pacing of their teams. */
async function findProfiles(tx: SharedTx, entries: readonly Entry<NewPost>[]): Promise<Map<string, Found>> {
  const asked = new Map(
    entries
      .filter(({ input }) => isUuid(input.profileId))
      .map(({ caller, input }) => [keyOf(caller.teamId, input.profileId), { teamId: caller.teamId, id: input.profileId }]),
  )
  if (asked.size === 0) return new Map()
  const wanted = [...asked.values()]
  const rows = await run(tx.trx, find, [wanted.map(({ teamId }) => teamId), wanted.map(({ id }) => id)])
  return new Map(rows.map((row) => [keyOf(row.team_id, row.id), row]))
}

/** Checks what needs no transaction. @throws CroftError */
export function requireCan(ctx: Context, profile: Pick<ProfileRow, 'driver'>, input: PostInput): { hashtags: boolean } {
  const driver = ctx.drivers.get(profile.driver)
  requireAvailable(driver)
  if (!driver.can.publish.includes(input.mediaType))
    throw invalid([{ path: 'media_type', message: `the driver ${driver.name} cannot publish a ${input.mediaType}` }])
  if (!input.isLive && !driver.can.drafts)
    throw invalid([{ path: 'is_live', message: `the driver ${driver.name} cannot save drafts; send true` }])
  return { hashtags: driver.can.hashtags }
}

interface Candidate extends AcceptedPost {
  index: number
  pacing: Pacing
}

const pacingFor = (profile: Found): Pacing =>
  pacingInForce(profile, { pacing_max_per_day: profile.team_max_per_day, pacing_min_gap_ms: profile.team_min_gap_ms })

/** What would be inserted for an entry. @throws CroftError */
function candidateOf(tx: SharedTx, { caller, input: { input } }: Entry<NewPost>, profile: Found, index: number): Candidate {
  const { hashtags } = requireCan(tx.ctx, profile, input)
  const { text: description, warnings } = enteredDescription(input.description, hashtags)
  const due = input.executeAt === null ? tx.now : new Date(input.executeAt)
  return { index, caller, profile, input: { ...input, description }, warnings, due, pacing: pacingFor(profile) }
}

/**
 * Accepts posts: each with its task, event, timeline line and audit row, or refused alone. A few statements serve
 * one post and five hundred alike.
 */
export async function acceptPosts(tx: SharedTx, entries: readonly Entry<NewPost>[]): Promise<(PostRow | CroftError)[]> {
  const profiles = await findProfiles(tx, entries)
  const unready = await unreadyRefusals(tx, [...profiles.values()])
  const results = new Map<number, PostRow | CroftError>()
  const candidates: Candidate[] = []
  for (const [index, entry] of entries.entries()) {
    const profile = profiles.get(keyOf(entry.caller.teamId, entry.input.profileId))
    try {
      const refusal = profile ? unready.get(profile.id) : profileNotFound()
      if (refusal) throw refusal
      if (profile) candidates.push(candidateOf(tx, entry, profile, index))
    } catch (error) {
      if (!(error instanceof CroftError)) throw error
      results.set(index, error)
    }
  }
  const refused = await paceRefusals(
    tx.trx,
    candidates.map(({ profile, due, pacing }) => ({ teamId: profile.team_id, profileId: profile.id, due, pacing })),
  )
  const accepted = candidates.filter(({ index }, place) => {
    const refusal = refused.get(place)
    if (refusal) results.set(index, refusal)
    return refusal === undefined
  })
  const posts = await insertPosts(tx, accepted)
  if (posts.length > 0) tx.wake('media')
  for (const [place, post] of posts.entries()) results.set(accepted[place]?.index ?? -1, post)
  return entries.map((_, index) => {
    const result = results.get(index)
    if (!result) throw new Error('a post was neither accepted nor refused')
    return result
  })
}
