import type { Trx } from '../../db/connect.ts'
import { run, statement } from '../../db/statement.ts'
import { CroftError } from '../../kernel/errors.ts'
import type { Pacing } from '../profiles/pacing.ts'

const dayMs = 86_400_000

function fits(dues: readonly number[], at: number, pacing: Pacing): boolean {
  if (pacing.minGapMs !== null && dues.some((due) => Math.abs(due - at) < (pacing.minGapMs ?? 0))) return false
  const { maxPerDay } = pacing
  if (maxPerDay === null) return true
  const all = [...dues, at].sort((a, b) => a - b)
  const own = all.indexOf(at)
  // Days that are too full already, even without this post, do not count against it.
  const around = all.slice(Math.max(own - maxPerDay, 0), own + maxPerDay + 1)
  return around.every((due, index) => (around[index + maxPerDay] ?? Infinity) - due >= dayMs)
}

/**
 * The first time from `at` on that leaves the pacing unbroken, whichever 24 hours one looks at.
 * @param dues the other posts' times; all in epoch milliseconds
 */
export function nextFreeTime(dues: readonly number[], at: number, pacing: Pacing): number {
  if (fits(dues, at, pacing)) return at
  const edges = dues.flatMap((due) => [due + dayMs, ...(pacing.minGapMs === null ? [] : [due + pacing.minGapMs])])
  const free = edges.filter((edge) => edge > at && fits(dues, edge, pacing)).sort((a, b) => a - b)[0]
  return free ?? Math.max(at, ...edges)
}

/** A post that is to be due at a time. */
interface PacedPost {
  teamId: string
  profileId: string
  due: Date
  pacing: Pacing
}

const isPaced = ({ pacing }: PacedPost): boolean => pacing.maxPerDay !== null || pacing.minGapMs !== null

/** From when on other posts matter to this one, in epoch milliseconds. */
const sinceOf = ({ due, pacing }: PacedPost): number => due.getTime() - Math.max(dayMs, pacing.minGapMs ?? 0)

function refusalOf({ due, pacing }: PacedPost, dues: readonly number[]): CroftError | null {
  const free = nextFreeTime(dues, due.getTime(), pacing)
  if (free === due.getTime()) return null
  const next = new Date(free).toISOString()
  return new CroftError(
    'cadence_exceeded',
    `The profile's pacing does not allow a post at this time. The next free time is ${next} (execute_at ${free}).`,
    { next_free_at: next, next_free_execute_at: free },
  )
}

/** Locks the profiles until the transaction ends, in one order, so that two transactions cannot wait for each other. */
const lock = statement(
  'lock_profiles',
  `select from profiles p join unnest($1::uuid[], $2::uuid[]) as given (team_id, id) on p.team_id = given.team_id and p.id = given.id
  order by p.team_id, p.id for no key update of p`,
)

const findDues = statement<{ profile_id: string; id: string; run_at: Date }>(
  'dues_of_profiles',
  `select given.profile_id, due.id, due.run_at
  from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) as given (team_id, profile_id, since)
  cross join lateral (
    select t.id, t.run_at from tasks t
    where t.team_id = given.team_id and t.profile_id = given.profile_id and t.run_at > given.since
      and t.kind = 'publish' and t.status not in ('failed', 'canceled') offset 0
  ) due`,
)

/** The posts of the given ones' profiles, by profile. */
async function duesOf(trx: Trx, posts: readonly PacedPost[]): Promise<Map<string, { id: string; at: number }[]>> {
  const own = [...Map.groupBy(posts, ({ profileId }) => profileId)]
  const rows = await run(trx, findDues, [
    own.map(([, [first]]) => first?.teamId),
    own.map(([profileId]) => profileId),
    own.map(([, of]) => new Date(Math.min(...of.map(sinceOf)))),
  ])
  const found = rows.map(({ profile_id, id, run_at }) => ({ profile_id, id, at: run_at.getTime() }))
  return Map.groupBy(found, ({ profile_id }) => profile_id)
}

/**
 * Takes posts in their order, each together with those before it, and locks the profiles that have pacing in force.
 * @returns `cadence_exceeded` for each that would break the pacing, by its place
 */
export async function paceRefusals(trx: Trx, posts: readonly PacedPost[]): Promise<Map<number, CroftError>> {
  const refusals = new Map<number, CroftError>()
  const paced = posts.filter(isPaced)
  if (paced.length === 0) return refusals
  const profiles = [...new Map(paced.map((post) => [post.profileId, post.teamId]))]
  await run(trx, lock, [profiles.map(([, teamId]) => teamId), profiles.map(([id]) => id)])
  const found = await duesOf(trx, paced)
  const dues = new Map([...found].map(([profileId, all]) => [profileId, all.map(({ at }) => at)]))
  for (const [place, post] of posts.entries()) {
    if (!isPaced(post)) continue
    const own = dues.get(post.profileId) ?? []
    const since = sinceOf(post)
    const refusal = refusalOf(
      post,
      own.filter((at) => at > since),
    )
    if (refusal) refusals.set(place, refusal)
    else dues.set(post.profileId, [...own, post.due.getTime()])
  }
  return refusals
}

/** Refuses another time for a post that would break the pacing. Call with the profile's row locked. @throws CroftError `cadence_exceeded` */
export async function requirePacing(trx: Trx, post: PacedPost & { id: string }): Promise<void> {
  if (!isPaced(post)) return
  const others = (await duesOf(trx, [post])).get(post.profileId) ?? []
  const refusal = refusalOf(
    post,
    others.filter(({ id }) => id !== post.id).map(({ at }) => at),
  )
  if (refusal) throw refusal
}
