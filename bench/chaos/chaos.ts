import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { startMediaServer } from '../../test/support/media-server.ts'
import { check, type Verdict } from './check.ts'
import { client, type Client } from './client.ts'
import { sharedSettings, startFleet } from './fleet.ts'
import { follow } from './follow.ts'
import { makeProfiles, sendPosts } from './load.ts'
import { startEmbeddedPostgres } from './embedded.ts'
import { startPostgres, type Loss, type Postgres } from './postgres.ts'
import { seeded, type Random } from './random.ts'
import { startReceiver } from './receiver.ts'

export interface Size {
  /** Processes that do both, on the embedded database; api and worker then are 0. */
  all: number
  api: number
  worker: number
  profiles: number
  posts: number
  /** How long processes are killed and posts sent. */
  ms: number
  /** 0: no process is killed. */
  killEveryMs: number
  /** How often Postgres is lost. Without kills of processes: again and again, as soon as it is back. */
  restarts: number
  leaseMs: number
  /** How long what is left may take afterwards. */
  calmMs: number
}

export const full: Size = {
  all: 0,
  api: 2,
  worker: 3,
  profiles: 50,
  posts: 500,
  ms: 60_000,
  killEveryMs: 1_000,
  restarts: 2,
  leaseMs: 20_000,
  calmMs: 300_000,
}
export const small: Size = {
  all: 0,
  api: 1,
  worker: 2,
  profiles: 4,
  posts: 16,
  ms: 6_000,
  killEveryMs: 1_500,
  restarts: 1,
  leaseMs: 4_000,
  calmMs: 60_000,
}

/** A full run with another number of posts: many are sent over a longer time, and what is left may take longer. */
export const withPosts = (posts: number): Size => ({
  ...full,
  posts,
  ms: Math.max(full.ms, posts * 40),
  calmMs: Math.max(full.calmMs, posts * 300),
})

/** Postgres is lost `restarts` times in a row under load, and no process of Croft may end by it. */
export const losses = (restarts: number, where: 'server' | 'embedded'): Size => ({
  all: where === 'embedded' ? 1 : 0,
  api: where === 'embedded' ? 0 : 1,
  worker: where === 'embedded' ? 0 : 1,
  profiles: 4,
  posts: restarts * 4,
  ms: restarts * 1_500,
  killEveryMs: 0,
  restarts,
  leaseMs: 4_000,
  calmMs: 120_000,
})

export interface Outcome extends Verdict {
  seed: number
  kills: number
  restarts: number
  retries: number
  refused: number
  seconds: number
}

function makeKey(folder: string, postgres: Postgres): string {
  const env = { CROFT_DATA_DIR: join(folder, 'cli'), ...sharedSettings(folder, postgres, 'http://127.0.0.1:1') }
  const main = join(import.meta.dirname, '../../src/cli/main.ts')
  const made = spawnSync(process.execPath, [main, 'keys', 'create', '--team', 'chaos', '--create-team'], {
    env,
    encoding: 'utf8',
  })
  if (made.status !== 0) throw new Error(`no key: ${made.stderr}`)
  return made.stdout.trim().split('\n').at(-1) ?? ''
}

/** Waits until no post is on its way and no webhook is due; those that wait long for their next try are sent by hand. */
async function settle(databaseUrl: string, api: Client, calmMs: number): Promise<void> {
  const db = new pg.Client({ connectionString: databaseUrl })
  await db.connect()
  try {
    const deadline = performance.now() + calmMs
    while (performance.now() < deadline) {
      const { rows } = await db.query<{ tasks: number; untold: number }>(`select
        (select count(*)::int from tasks where status not in ('done', 'failed', 'canceled', 'unconfirmed')) as tasks,
        (select count(*)::int from events where (xid, seq) > (select xid, seq from event_fan_out)) as untold`)
      const { rows: pending } = await db.query<{ id: string; later: boolean }>(
        `select id, next_try_at > now() + interval '3 seconds' as later from deliveries where status <> 'delivered'`,
      )
      if (rows[0]?.tasks === 0 && rows[0].untold === 0 && pending.length === 0) return
      for (const { id, later } of pending) if (later) await api.ask('POST', `/v1/webhook-deliveries/${id}/redeliver`)
      await pause(500)
    }
  } finally {
    await db.end()
  }
}

const ways: readonly Loss[] = ['SIGQUIT', 'SIGINT', 'SIGKILL']

/** Loses the server in each of its ways in turn. One that its supervisor restarts by itself bears a SIGKILL too. */
async function loseAgainAndAgain(size: Size, postgres: Postgres, random: Random): Promise<void> {
  const known = ways.slice(0, postgres.dataDir === null ? 2 : 3)
  for (let n = 0; n < size.restarts; n += 1) {
    await pause(random.next() * 1_000)
    await postgres.lose(known[n % known.length] ?? 'SIGQUIT')
  }
}

async function havoc(size: Size, postgres: Postgres, random: Random, kill: () => void): Promise<void> {
  if (size.killEveryMs === 0) return loseAgainAndAgain(size, postgres, random)
  const began = performance.now()
  let restarts = 0
  while (performance.now() - began < size.ms) {
    await pause(size.killEveryMs)
    kill()
    const elapsed = performance.now() - began
    if (restarts < size.restarts && elapsed > ((restarts + 1) * size.ms) / (size.restarts + 1)) {
      restarts += 1
      await postgres.lose('SIGQUIT')
    }
  }
}

/** One run: real processes, killed at random, a database that loses its power, a platform and receivers that fail. */
export async function chaos(seed: number, size: Size): Promise<Outcome> {
  const began = performance.now()
  const folder = await mkdtemp(join(tmpdir(), 'croft-chaos-'))
  const postgres = size.all > 0 ? await startEmbeddedPostgres() : await startPostgres()
  const key = makeKey(folder, postgres)
  const [receiver, media] = [await startReceiver(seeded(seed + 1)), await startMediaServer()]
  const fleet = await startFleet(folder, postgres, size)
  try {
    const api = client(fleet.addresses, key)
    const profiles = await makeProfiles(api, size.profiles)
    const endpoints = ['/all-1', '/all-2', '/all-3']
    for (const path of endpoints) await api.ask('POST', '/v1/webhook-endpoints', { url: receiver.url(path) })
    const since = new Date().toISOString()
    const follower = follow(api)
    const random = seeded(seed + 2)
    const [accepted] = await Promise.all([
      sendPosts(api, seeded(seed), { profiles, posts: size.posts, ms: size.ms, mediaUrl: media.url('sample.mp4'), receiver }),
      havoc(size, postgres, random, () => fleet.killOne(random)),
    ])
    receiver.calm()
    // What happened before the endpoints were there, so that every event must have come to each.
    const { items } = await api.ask<{ items: { endpoint_id: string }[] }>('GET', '/v1/webhook-endpoints')
    const early = { since: '2000-01-01T00:00:00Z', until: since, undelivered: true }
    for (const { endpoint_id: id } of items) await api.ask('POST', `/v1/webhook-endpoints/${id}/redeliver`, early)
    await settle(postgres.url, api, size.calmMs)
    const events = await follower.finish()
    const verdict = await check(postgres.url, { accepted, events, receiver, endpoints })
    const seconds = Math.round((performance.now() - began) / 1_000)
    if (size.killEveryMs === 0 && fleet.fell() > 0) verdict.broken.push(`${fleet.fell()} processes ended that nobody killed`)
    return {
      ...verdict,
      seed,
      kills: fleet.kills(),
      restarts: size.restarts,
      retries: api.retries(),
      refused: receiver.refused(),
      seconds,
    }
  } finally {
    await fleet.stop()
    await receiver.stop()
    await media.stop()
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
