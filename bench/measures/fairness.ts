import { setTimeout as wait } from 'node:timers/promises'
import { idOf } from '../fill/ids.ts'
import { fillPosts } from '../fill/posts.ts'
import { fillProfiles } from '../fill/profiles.ts'
import type { Bench, Measure, Row } from '../measure.ts'
import { createKey } from '../support/croft-process.ts'
import { openStage, teamIdOf, waitingPost, type Stage } from '../support/staged.ts'
import { startOneByOne } from './lateness.ts'

const posts = 10
const everyMs = 300
/** For the media of team B's posts. */
const prepareMs = 15_000

/** How many posts of a team are due and not published. */
async function left({ database, teamId }: Stage): Promise<number> {
  const { rows } = await database.pool.query<{ n: number }>(
    `select count(*) as n from posts where team_id = $1 and execute_at <= now() and status <> 'published'`,
    [teamId],
  )
  return rows[0]?.n ?? 0
}

/** Posts of team B, one after the other, while team A has far more due than the worker has published by then. */
async function measureFairness(bench: Bench): Promise<Row[]> {
  const { profiles, dueOfOther, fillSeconds } = bench.sizes
  const stage = await openStage(bench, { team: 'a', profiles, driver: 'instant' })
  const { database, site } = stage
  try {
    const key = await createKey(site.settings, 'b')
    const b = { teamId: await teamIdOf(database, 'b'), driver: 'instant', first: profiles, count: posts }
    await fillProfiles(database.pool, b)
    const id = await waitingPost(stage, idOf('profile', 0), bench.outside.video)
    const due = Date.now() + fillSeconds * 1_000
    await fillPosts(database.pool, {
      like: { teamId: stage.teamId, id },
      first: 0,
      count: dueOfOther,
      profiles: { first: 0, count: profiles },
      due: `to_timestamp(${due / 1_000})`,
    })
    if (Date.now() > due) throw new Error(`the posts of team A were not filled within ${fillSeconds} s`)
    // Scheduled before A's come due, so that nothing but the start is measured.
    await wait(Math.max(due - Date.now() - prepareMs, 0))
    const profilesOfB = { first: b.first, count: posts }
    const firstDue = () => Math.max(due, Date.now() + 2_000) + 500
    const late = await startOneByOne(
      { ...stage, key },
      { profiles: profilesOfB, mediaUrl: bench.outside.video, firstDue, everyMs },
    )
    const behind = await left(stage)
    if (behind === 0) throw new Error('team A had nothing due any more when the posts of team B had been published')
    return [
      {
        what: `Start of ${posts} posts of team B while team A has ${dueOfOther.toLocaleString('en-US')} due, late by`,
        p50: late.p50,
        p99: late.max,
        goal: 'all ≤ 2,000 ms',
        holds: late.max <= 2_000,
      },
    ]
  } finally {
    await stage.stop()
  }
}

export const fairness: Measure = { name: 'fairness', run: measureFairness }
