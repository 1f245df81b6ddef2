import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Bench } from '../measure.ts'
import { fillProfiles } from '../fill/profiles.ts'
import { createKey, startCroft, type CroftProcess } from './croft-process.ts'
import type { Opened, Site } from './targets.ts'

const day = 86_400_000

/** A Croft with a team, its key and its profiles, in a site of its own. */
export interface Stage {
  site: Site
  database: Opened
  teamId: string
  key: string
  croft: CroftProcess
  /** Ends the process and starts another. */
  restart(settings?: Record<string, string>): Promise<CroftProcess>
  stop(): Promise<void>
}

export interface StageOptions {
  team?: string
  profiles: number
  driver?: 'sandbox' | 'instant'
  statements?: boolean
}

/** Opens a site, starts Croft in it and fills profiles that are ready. */
export async function openStage({ target }: Bench, options: StageOptions): Promise<Stage> {
  const { team = 'bench', profiles, driver = 'sandbox', statements = false } = options
  const made = await target.site({ statements })
  const site = { ...made, settings: { ...made.settings, CROFT_SECRET_KEY: randomBytes(32).toString('hex') } }
  const parts = new AsyncDisposableStack()
  parts.defer(() => site.remove())
  try {
    const start = { instant: driver === 'instant' }
    const croft = await startCroft(site.settings, start)
    const stage = { croft }
    parts.defer(() => stage.croft.stop())
    const database = await site.open()
    parts.defer(() => database.close())
    const key = await createKey(site.settings, team)
    const teamId = await teamIdOf(database, team)
    const client = await database.pool.connect()
    await fillProfiles(client, { teamId, driver, first: 0, count: profiles })
    client.release()
    return Object.assign(stage, {
      site,
      database,
      teamId,
      key,
      async restart(settings = {}) {
        await stage.croft.stop()
        return (stage.croft = await startCroft({ ...site.settings, ...settings }, start))
      },
      async stop() {
        await stage.croft.stop()
        await parts.disposeAsync()
      },
    })
  } catch (error) {
    await parts.disposeAsync()
    throw error
  }
}

export async function teamIdOf({ pool }: Opened, name: string): Promise<string> {
  const { rows } = await pool.query<{ id: string }>('select id from teams where name = $1', [name])
  return rows[0]?.id ?? ''
}

export interface NewPost {
  profile_id: string
  media_type: 'video'
  media_url: string
  sound_id: string
  title: string
  webhook_url: string | null
  is_live: boolean
  execute_at?: number
}

export const postOf = (profileId: string, mediaUrl: string): NewPost => ({
  profile_id: profileId,
  media_type: 'video',
  media_url: mediaUrl,
  sound_id: '7016547803243022337',
  title: 'Bread from this morning, still warm',
  webhook_url: null,
  is_live: true,
})

/** Where requests go, and with which key. */
export interface Server {
  croft: Pick<CroftProcess, 'address'>
  key: string
}

/** @returns the post's id @throws Error unless it is accepted */
export async function sendPost({ croft, key }: Server, post: NewPost): Promise<string> {
  const response = await fetch(`${croft.address}/v1/posts`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify(post),
  })
  const body = (await response.json()) as { task_id: string }
  if (response.status !== 202) throw new Error(`POST /v1/posts answered ${response.status}: ${JSON.stringify(body)}`)
  return body.task_id
}

/** Gives a scheduled post another time. @throws Error unless it is accepted */
export async function reschedule({ croft, key }: Server, id: string, executeAt: number): Promise<void> {
  const response = await fetch(`${croft.address}/v1/posts/${id}`, {
    method: 'PATCH',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({ execute_at: executeAt }),
  })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`PATCH /v1/posts/${id} answered ${response.status}: ${text}`)
}

/** Waits until all of these posts have the status. @throws Error after the limit */
export async function reach(
  { pool }: Pick<Opened, 'pool'>,
  ids: readonly string[],
  status: string,
  limitMs: number,
): Promise<void> {
  const until = performance.now() + limitMs
  for (;;) {
    const { rows } = await pool.query<{ status: string; bench_count: number }>(
      'select status, count(*) as bench_count from posts where id = any($1::uuid[]) group by status',
      [ids],
    )
    const reached = rows.find((row) => row.status === status)?.bench_count ?? 0
    if (reached === ids.length) return
    if (performance.now() > until) {
      const found = rows.map((row) => `${row.bench_count} ${row.status}`).join(', ')
      throw new Error(`only ${reached} of ${ids.length} posts are ${status} after ${Math.round(limitMs / 1_000)} s: ${found}`)
    }
    await wait(20)
  }
}

/** A post that Croft accepted and prepared, and that waits: what fills are copies of. @returns its id */
export async function waitingPost(
  { croft, key, database }: Server & { database: Pick<Opened, 'pool'> },
  profileId: string,
  mediaUrl: string,
): Promise<string> {
  const id = await sendPost({ croft, key }, { ...postOf(profileId, mediaUrl), execute_at: Date.now() + 300 * day })
  await reach(database, [id], 'scheduled', 60_000)
  return id
}
