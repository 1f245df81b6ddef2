import type { Bench, Measure, Row } from '../measure.ts'
import { barePosts } from '../support/bare-posts.ts'
import { inTurn, repeat } from '../support/figures.ts'
import { openStage, postOf, type Stage } from '../support/staged.ts'
import { load, type Request } from '../support/wrk.ts'

const callers = 20

const count = async ({ database, teamId }: Stage): Promise<number> => {
  const { rows } = await database.pool.query<{ n: number }>('select count(*) as n from posts where team_id = $1', [teamId])
  return rows[0]?.n ?? 0
}

/** Accepted posts per second, without and with an Idempotency-Key, beside bare pg with one post per transaction. */
async function measurePosts(bench: Bench): Promise<Row[]> {
  const { sizes, outside } = bench
  const stage = await openStage(bench, { profiles: sizes.profiles })
  try {
    const bare = await barePosts(stage, sizes.profiles)
    const body = JSON.stringify({ ...postOf('{profile}', outside.silent), title: 'Bread from this morning, still warm: {n}' })
    const plain: Request = { method: 'POST', path: '/v1/posts', body, status: 202 }
    const options = { address: stage.croft.address, key: stage.key, connections: callers, profiles: sizes.profiles }
    const post = (request: Request, seconds = sizes.seconds) => load({ ...options, request, seconds })
    const keyed = { ...plain, keyed: true }
    await repeat(callers, sizes.warmSeconds, bare.row)
    await repeat(callers, sizes.warmSeconds, bare.rows)
    await post(plain, sizes.warmSeconds)
    await post(keyed, sizes.warmSeconds)
    const before = await count(stage)
    const found = await inTurn({
      rows: () => repeat(callers, sizes.seconds, bare.rows),
      row: () => repeat(callers, sizes.seconds, bare.row),
      plain: () => post(plain),
      keyed: () => post(keyed),
    })
    const [written, answered] = [(await count(stage)) - before, found.plain.count + found.keyed.count]
    if (written < answered) throw new Error(`${answered} posts were answered with 202, and only ${written} were written`)
    const of = (side: 'plain' | 'keyed') => ({ croft: found[side].perSecond, p50: found[side].p50, p99: found[side].p99 })
    const [ratio, ofKeyed] = [found.plain.perSecond / found.rows.perSecond, found.keyed.perSecond / found.plain.perSecond]
    return [
      {
        what: 'POST /v1/posts, 20 callers, per second; beside: bare pg, the same rows, one post per transaction',
        ...of('plain'),
        beside: found.rows.perSecond,
        ratio,
        goal: '≥ 0.6, aim 1.0; p99 < 100 ms',
        holds: ratio >= 0.6 && found.plain.p99 < 100,
      },
      {
        what: 'The same; beside: bare pg, the content of a post alone, one row per transaction',
        croft: found.plain.perSecond,
        beside: found.row.perSecond,
        ratio: found.plain.perSecond / found.row.perSecond,
      },
      {
        what: 'POST /v1/posts with an Idempotency-Key; beside: without',
        ...of('keyed'),
        beside: found.plain.perSecond,
        ratio: ofKeyed,
        goal: '≥ 0.8',
        holds: ofKeyed >= 0.8,
      },
    ]
  } finally {
    await stage.stop()
  }
}

export const posts: Measure = { name: 'posts', run: measurePosts }
