import { sql } from 'kysely'
import { setTimeout as wait } from 'node:timers/promises'
import { findOrCreateTeam } from '../src/domain/teams/find.ts'
import type { Database } from '../src/db/connect.ts'
import { postOf } from './bare.ts'
import { createKey, startCroft, type CroftProcess } from './croft-process.ts'
import { figuresOf, type Figures } from './figures.ts'
import { fillProfiles, fillScheduled } from './fill.ts'
import type { Outside } from './outside.ts'
import { queueOn } from './queue.ts'
import type { Site } from './targets.ts'

export interface Lateness {
  /** Started minus due, ms, with no other post waiting. */
  alone: Figures
  /** With 100,000 others waiting. */
  among: Figures
  /** Of 500 posts due in the same instant; `perSecond`: until the last was published. */
  atOnce: Figures
}

const others = 100_000
const dayMs = 86_400_000
const minute = 60_000

interface Bench {
  croft: CroftProcess
  key: string
  database: Database
  outside: Outside
}

async function schedule({ croft, key, outside }: Bench, profileId: string, due: number | null): Promise<string> {
  const response = await fetch(`${croft.address}/v1/posts`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({ ...postOf(profileId, outside.video, outside.webhook), ...(due === null ? {} : { execute_at: due }) }),
  })
  const body = (await response.json()) as { task_id: string }
  if (response.status !== 202) throw new Error(`POST /v1/posts answered ${response.status}: ${JSON.stringify(body)}`)
  return body.task_id
}

/** Waits until so many posts that fit have the status. */
async function reach({ database }: Bench, status: string, ids: readonly string[], limitMs: number): Promise<void> {
  const until = performance.now() + limitMs
  for (;;) {
    const { rows } = await sql<{ n: number }>`
      select count(*) as n from posts where id = any(${ids}::uuid[]) and status = ${status}`.execute(database.db)
    const n = rows[0]?.n ?? 0
    if (n === ids.length) return
    if (performance.now() > until) throw new Error(`only ${n} of ${ids.length} posts are ${status} after ${limitMs / 1_000} s`)
    await wait(200)
  }
}

async function lateness({ database }: Bench, ids: readonly string[]): Promise<Figures> {
  const { rows } = await sql<{ late: number; seconds: number }>`
    select extract(epoch from t.started_at - p.execute_at)::float8 * 1000 as late,
      extract(epoch from max(p.published_at) over () - min(p.execute_at) over ())::float8 as seconds
    from posts p join tasks t on t.team_id = p.team_id and t.id = p.id where p.id = any(${ids}::uuid[])`.execute(database.db)
  return figuresOf(
    rows.map((row) => row.late),
    rows[0]?.seconds ?? Number.NaN,
  )
}

/** Schedules posts over the API, one on each profile, due one after the other; they are prepared before the first is due. */
async function oneByOne(bench: Bench, profiles: readonly string[], everyMs: number): Promise<Figures> {
  const first = Date.now() + 15_000
  const ids: string[] = []
  // An odd fraction, so that the due times fall at every point of a poll's interval.
  for (const [index, id] of profiles.entries()) ids.push(await schedule(bench, id, Math.round(first + index * everyMs)))
  await reach(bench, 'scheduled', ids, first - Date.now())
  await reach(bench, 'published', ids, first - Date.now() + profiles.length * everyMs + minute)
  return lateness(bench, ids)
}

export async function measureLateness(site: Site, outside: Outside): Promise<Lateness> {
  const croft = await startCroft(site.settings)
  const database = await site.open()
  const queue = await queueOn(database)
  try {
    const bench: Bench = { croft, database, outside, key: await createKey(site.settings, 'bench') }
    const { id: teamId } = await findOrCreateTeam(database.db, 'bench', new Date())
    const profileIds = await fillProfiles(database.db, teamId, 1_000)
    const like = await schedule(bench, profileIds[0] ?? '', null)
    await reach(bench, 'published', [like], minute)
    const alone = await oneByOne(bench, profileIds.slice(0, 100), 97.3)
    const dueOf = (index: number) => new Date(Date.now() + 3_600_000 + (index / others) * 30 * dayMs)
    await fillScheduled(database.db, queue, { teamId, like, profileIds, count: others, dueOf })
    const among = await oneByOne(bench, profileIds.slice(0, 200), 97.3)
    const due = new Date(Date.now() + 10_000)
    await fillScheduled(database.db, queue, { teamId, like, profileIds: profileIds.slice(0, 500), count: 500, dueOf: () => due })
    const { rows } = await sql<{ id: string }>`select id from posts where execute_at = ${due}`.execute(database.db)
    const ids = rows.map((row) => row.id)
    await reach(bench, 'published', ids, 2 * minute)
    return { alone, among, atOnce: await lateness(bench, ids) }
  } finally {
    await queue.stop(0)
    await database.close()
    await croft.stop()
  }
}
