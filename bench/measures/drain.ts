import { setTimeout as wait } from 'node:timers/promises'
import { fillPosts, type Posts } from '../fill/posts.ts'
import type { Bench, Measure, Row } from '../measure.ts'
import { bareBatches } from '../support/bare-batches.ts'
import { openStage, waitingPost, type Stage } from '../support/staged.ts'
import { idOf } from '../fill/ids.ts'

/** Makes posts due in one instant and waits until they are published. @returns published per second */
async function drain({ database: { pool } }: Stage, posts: Posts, limitSeconds: number): Promise<number> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await fillPosts(client, posts)
    await client.query('commit')
    const began = performance.now()
    for (;;) {
      const { rows } = await client.query<{ n: number }>(
        `select count(*) as n from posts where team_id = $1 and id >= $2 and id <= $3 and status = 'published'`,
        [posts.like.teamId, idOf('post', posts.first), idOf('post', posts.first + posts.count - 1)],
      )
      const [seconds, published] = [(performance.now() - began) / 1_000, rows[0]?.n ?? 0]
      if (published === posts.count || seconds > limitSeconds) return published / seconds
      await wait(published > posts.count * 0.9 ? 20 : 250)
    }
  } finally {
    client.release()
  }
}

async function drainWith(bench: Bench, driver: 'instant' | 'sandbox'): Promise<{ croft: number; bare: number; whole: number }> {
  const { sizes, outside } = bench
  const profiles = Math.max(sizes.profiles, sizes.drain / 10)
  const stage = await openStage(bench, { profiles, driver })
  try {
    const id = await waitingPost(stage, idOf('profile', 0), outside.video)
    const posts: Posts = {
      like: { teamId: stage.teamId, id },
      first: 0,
      count: Math.ceil(sizes.drain / 10),
      profiles: { first: 0, count: profiles },
      due: 'now()',
    }
    await drain(stage, posts, sizes.drainSeconds / 2)
    const croft = await drain(stage, { ...posts, first: 1_000_000, count: sizes.drain }, sizes.drainSeconds)
    if (driver === 'sandbox') return { croft, bare: Number.NaN, whole: Number.NaN }
    await stage.croft.stop()
    const bare = await bareBatches(stage.database.pool, { ...posts, first: 2_000_000, count: sizes.drain }, sizes.seconds)
    return { croft, bare: bare.drain, whole: bare.whole }
  } finally {
    await stage.stop()
  }
}

/** Posts that are due in one instant, published by one worker, beside the same durable writes by bare pg. */
async function measureDrain(bench: Bench): Promise<Row[]> {
  const [instant, sandbox] = [await drainWith(bench, 'instant'), await drainWith(bench, 'sandbox')]
  const ratio = instant.croft / instant.bare
  return [
    {
      what: 'Due posts published per second, one worker, a driver that answers at once; beside: bare pg, batches of 100',
      croft: instant.croft,
      beside: instant.bare,
      ratio,
      goal: '≥ 1,000 and ≥ 0.3',
      holds: instant.croft >= 1_000 && ratio >= 0.3,
    },
    {
      what: 'The same, bare pg with the acceptance of the posts',
      beside: instant.whole,
    },
    {
      what: 'Due posts published per second, one worker, the sandbox',
      croft: sandbox.croft,
      goal: '≥ 500',
      holds: sandbox.croft >= 500,
    },
  ]
}

export const drained: Measure = { name: 'drain', run: measureDrain }
