import type { Bench, Measure, Row } from '../measure.ts'
import { inTurn, repeat } from '../support/figures.ts'
import { openStage, postOf, type Stage } from '../support/staged.ts'
import { load, type Request } from '../support/wrk.ts'
import { newId } from '../../src/lib/ids.ts'

const callers = 20

/** Accepting a post without what is around it: one row of its size, each in a transaction of its own. */
async function bareTable({ database: { pool } }: Stage): Promise<() => Promise<unknown>> {
  await pool.query(`
    create schema bench;
    create table bench.posts (
      team_id uuid not null, id uuid not null, profile_id uuid not null, driver text not null, status text not null,
      media_type text not null, media_url text not null, sound_id text, title text not null, description text not null,
      is_live boolean not null, webhook_url text, warnings jsonb not null default '[]',
      created_at timestamptz not null, updated_at timestamptz not null, primary key (team_id, id)
    )`)
  const text = `
    insert into bench.posts (team_id, id, profile_id, driver, status, media_type, media_url, sound_id, title, description, is_live,
      webhook_url, created_at, updated_at)
    values ($1, $2, $3, 'sandbox', 'preparing', 'video', $4, $5, $6, '', true, $7, $8, $8)`
  const post = postOf(newId(), 'https://media.example/video.mp4')
  const { profile_id, media_url, sound_id, title, webhook_url } = post
  const team = newId()
  return () =>
    pool.query({
      name: 'bare post',
      text,
      values: [team, newId(), profile_id, media_url, sound_id, title, webhook_url, new Date()],
    })
}

const count = async ({ database, teamId }: Stage): Promise<number> => {
  const { rows } = await database.pool.query<{ n: number }>('select count(*) as n from posts where team_id = $1', [teamId])
  return rows[0]?.n ?? 0
}

/** Accepted posts per second, without and with an Idempotency-Key, beside one row per transaction by bare pg. */
async function measurePosts(bench: Bench): Promise<Row[]> {
  const { sizes, outside } = bench
  const stage = await openStage(bench, { profiles: sizes.profiles })
  try {
    const bare = await bareTable(stage)
    const body = JSON.stringify({ ...postOf('{profile}', outside.silent), title: 'Bread from this morning, still warm: {n}' })
    const plain: Request = { method: 'POST', path: '/v1/posts', body, status: 202 }
    const options = { address: stage.croft.address, key: stage.key, connections: callers, profiles: sizes.profiles }
    const post = (request: Request, seconds = sizes.seconds) => load({ ...options, request, seconds })
    const keyed = { ...plain, keyed: true }
    await repeat(callers, sizes.warmSeconds, bare)
    await post(plain, sizes.warmSeconds)
    await post(keyed, sizes.warmSeconds)
    const before = await count(stage)
    const found = await inTurn({
      bare: () => repeat(callers, sizes.seconds, bare),
      plain: () => post(plain),
      keyed: () => post(keyed),
    })
    const [written, answered] = [(await count(stage)) - before, found.plain.count + found.keyed.count]
    if (written < answered) throw new Error(`${answered} posts were answered with 202, and only ${written} were written`)
    const of = (side: 'plain' | 'keyed') => ({ croft: found[side].perSecond, p50: found[side].p50, p99: found[side].p99 })
    const [ratio, ofKeyed] = [found.plain.perSecond / found.bare.perSecond, found.keyed.perSecond / found.plain.perSecond]
    return [
      {
        what: 'POST /v1/posts, 20 callers, per second; beside: bare pg, one row per transaction',
        ...of('plain'),
        beside: found.bare.perSecond,
        ratio,
        goal: '≥ 0.6, aim 1.0; p99 < 100 ms',
        holds: ratio >= 0.6 && found.plain.p99 < 100,
      },
      {
        what: 'The same with an Idempotency-Key; beside: without',
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
