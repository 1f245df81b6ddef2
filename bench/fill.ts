import { sql } from 'kysely'
import type { Db, Trx } from '../src/db/connect.ts'
import { wakeProfile } from '../src/jobs/definitions.ts'
import type { Queue } from '../src/jobs/queue.ts'
import { newId } from '../src/lib/ids.ts'

const chunk = 10_000

/** Writes profiles that are ready to post, each with its phone. @returns their ids */
export async function fillProfiles(db: Db, teamId: string, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, newId)
  const now = new Date()
  const own = { team_id: teamId, driver: 'sandbox', created_at: now }
  await db
    .insertInto('phones')
    .values(ids.map((id) => ({ ...own, id, name: 'bench' })))
    .execute()
  await db
    .insertInto('profiles')
    .values(
      ids.map((id, n) => ({
        ...own,
        id,
        platform: 'tiktok' as const,
        profile_name: 'bench',
        username: `bench${n}`,
        display_name: `bench${n}`,
        email_auth_method: 'google' as const,
        status: 'ready' as const,
        phone_id: id,
        provisioned_at: now,
        ready_at: now,
        updated_at: now,
      })),
    )
    .execute()
  return ids
}

interface Waiting {
  teamId: string
  /** A post with its media kept, of which the others are copies. */
  like: string
  profileIds: readonly string[]
  count: number
  dueOf: (index: number) => Date
}

async function fillChunk(trx: Trx, queue: Queue, waiting: Waiting, from: number): Promise<void> {
  const { teamId, like, profileIds, count, dueOf } = waiting
  const rows = Array.from({ length: Math.min(chunk, count - from) }, (_, index) => ({
    id: newId(),
    profileId: profileIds[(from + index) % profileIds.length] ?? '',
    due: dueOf(from + index),
  }))
  const given = sql`unnest(${rows.map((row) => row.id)}::uuid[], ${rows.map((row) => row.profileId)}::uuid[],
    ${rows.map((row) => row.due)}::timestamptz[]) as new (id, profile_id, due)`
  await sql`
    insert into tasks (team_id, id, profile_id, kind, status, run_at, created_at, updated_at)
    select ${teamId}, id, profile_id, 'publish', 'queued', due, now(), now() from ${given}`.execute(trx)
  await sql`
    insert into posts (team_id, id, profile_id, driver, status, media_type, media_url, media_id, sound_id, title, description, is_live,
      is_ai_generated, is_commercial, execute_at, webhook_url, created_at, updated_at)
    select p.team_id, new.id, new.profile_id, driver, 'scheduled', media_type, media_url, media_id, sound_id, title, description, is_live,
      is_ai_generated, is_commercial, due, webhook_url, now(), now()
    from posts p, ${given} where p.team_id = ${teamId} and p.id = ${like}`.execute(trx)
  const jobs = rows.map((row) => ({ data: { team_id: teamId, profile_id: row.profileId }, at: row.due }))
  await queue.sendAll(trx, wakeProfile, jobs)
  // As if each had been sent at a time of its own: Postgres 18 skips over rows that share one.
  await sql`update pgboss.job set created_on = created_on - random() * interval '30 days' where name = ${wakeProfile.name} and created_on = now()`.execute(
    trx,
  )
}

/** Writes scheduled posts with their tasks, and their jobs as Croft itself sends them. */
export async function fillScheduled(db: Db, queue: Queue, waiting: Waiting): Promise<void> {
  for (let from = 0; from < waiting.count; from += chunk)
    await db.transaction().execute((trx) => fillChunk(trx, queue, waiting, from))
}
