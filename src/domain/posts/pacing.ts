import type { Trx } from '../../db/connect.ts'
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

/** Refuses a post that would break the pacing. Call with the profile's row held. @throws CroftError `cadence_exceeded` */
export async function requirePacing(
  trx: Trx,
  post: { teamId: string; profileId: string; id: string | null; due: Date },
  pacing: Pacing,
): Promise<void> {
  if (pacing.maxPerDay === null && pacing.minGapMs === null) return
  const since = new Date(post.due.getTime() - Math.max(dayMs, pacing.minGapMs ?? 0))
  const rows = await trx
    .selectFrom('tasks')
    .select(['id', 'run_at'])
    .where('team_id', '=', post.teamId)
    .where('profile_id', '=', post.profileId)
    .where('kind', '=', 'publish')
    .where('status', 'not in', ['failed', 'canceled'])
    .where('run_at', '>', since)
    .execute()
  const dues = rows.filter((row) => row.id !== post.id).map((row) => row.run_at.getTime())
  const free = nextFreeTime(dues, post.due.getTime(), pacing)
  if (free === post.due.getTime()) return
  const next = new Date(free).toISOString()
  throw new CroftError(
    'cadence_exceeded',
    `The profile's pacing does not allow a post at this time. The next free time is ${next} (execute_at ${free}).`,
    {
      next_free_at: next,
      next_free_execute_at: free,
    },
  )
}
