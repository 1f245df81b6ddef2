import { setTimeout as wait } from 'node:timers/promises'
import { idOf } from '../fill/ids.ts'
import { fillPosts } from '../fill/posts.ts'
import { inBulk } from '../fill/in-bulk.ts'
import type { Bench, Measure, Row } from '../measure.ts'
import { figuresOf, type Figures } from '../support/figures.ts'
import { openStage, postOf, reach, reschedule, sendPost, waitingPost, type Server, type Stage } from '../support/staged.ts'

// An odd fraction, so that the due times fall at every point of whatever interval the engine looks at.
const everyMs = 97.3
const minute = 60_000
const hour = 60 * minute

interface OneByOne {
  profiles: { first: number; count: number }
  mediaUrl: string
  /** Asked when all of them are prepared. Epoch milliseconds. */
  firstDue: () => number
  everyMs: number
}

/**
 * Schedules posts over HTTP, one per profile. Once their media is checked they are given the times at which they come due, one after
 * the other.
 * @returns how late the driver was asked to publish each, in ms
 */
export async function startOneByOne(
  stage: Server & Pick<Stage, 'croft' | 'database'>,
  { profiles, mediaUrl, firstDue, everyMs: pause }: OneByOne,
): Promise<Figures> {
  const ids: string[] = []
  for (let n = 0; n < profiles.count; n += 1)
    ids.push(await sendPost(stage, { ...postOf(idOf('profile', profiles.first + n), mediaUrl), execute_at: Date.now() + hour }))
  await reach(stage.database, ids, 'scheduled', 2 * minute)
  const first = firstDue()
  const posts = ids.map((id, n) => ({ id, due: Math.round(first + n * pause) }))
  for (const { id, due } of posts) await reschedule(stage, id, due)
  if (Date.now() > first) throw new Error('the first post was due before the last was scheduled')
  const last = posts.at(-1)?.due ?? 0
  await reach(stage.database, ids, 'published', last - Date.now() + minute)
  // The process tells when it was asked a moment later.
  for (let tries = 0; tries < 100 && ids.some((id) => !stage.croft.askedAt.has(id)); tries += 1) await wait(20)
  const late = posts.map(({ id, due }) => (stage.croft.askedAt.get(id) ?? Number.NaN) - due)
  return figuresOf(late, (last - first) / 1_000)
}

/** How late posts start, alone and while many others wait. */
async function measureLateness(bench: Bench): Promise<Row[]> {
  const { late, waiting, profiles } = bench.sizes
  const stage = await openStage(bench, { profiles, driver: 'instant' })
  try {
    const id = await waitingPost(stage, idOf('profile', 0), bench.outside.video)
    const oneByOne = () =>
      startOneByOne(stage, {
        profiles: { first: 0, count: Math.min(late, profiles) },
        mediaUrl: bench.outside.video,
        firstDue: () => Date.now() + 3_000 + late * 50,
        everyMs,
      })
    const alone = await oneByOne()
    await stage.croft.stop()
    await inBulk(stage.database.pool, waiting, (client) =>
      fillPosts(client, {
        like: { teamId: stage.teamId, id },
        first: 0,
        count: waiting,
        profiles: { first: 0, count: profiles },
        due: `now() + interval '2 hours' + n * interval '30 days' / ${waiting}`,
      }),
    )
    await stage.restart()
    const among = await oneByOne()
    const row = (what: string, { p50, p99 }: Figures): Row => ({ what: `Start of ${late} due posts, late by; ${what}`, p50, p99 })
    return [
      row('no other post waits', alone),
      {
        ...row(`${waiting.toLocaleString('en-US')} others wait`, among),
        goal: 'p50 ≤ 25, p99 ≤ 100 ms',
        holds: among.p50 <= 25 && among.p99 <= 100,
      },
    ]
  } finally {
    await stage.stop()
  }
}

export const lateness: Measure = { name: 'lateness', run: measureLateness }
