import type pg from 'pg'
import { newId } from '../src/lib/ids.ts'

/** What a post is made of, here and in the requests. */
export const postOf = (profileId: string, mediaUrl: string, webhookUrl: string) => ({
  profile_id: profileId,
  media_type: 'video',
  media_url: mediaUrl,
  sound_id: '7016547803243022337',
  title: 'Bread from this morning, still warm',
  webhook_url: webhookUrl,
  is_live: true,
})

const rows = `
  with task as (
    insert into tasks (team_id, id, profile_id, kind, status, run_at, created_at, updated_at)
    values ($1, $2, $3, 'publish', 'pending', $4, $4, $4)
  ), event as (
    insert into events (team_id, id, type, data, created_at) values ($1, $5, 'post.scheduled', $6, $4)
  ), line as (
    insert into timeline (team_id, profile_id, id, kind, task_id, task_kind, to_status, reason, created_at)
    values ($1, $3, $7, 'task', $2, 'publish', 'preparing', 'The post was accepted.', $4)
  ), trail as (
    insert into audit (team_id, id, actor, action, subject, after, request_id, created_at)
    values ($1, $8, 'api_key:bench', 'post.create', 'post:bench', $6, 'bench', $4)
  ), job as (
    insert into pgboss.job (name, data, start_after, created_on, keep_until, expire_seconds, deletion_seconds, retry_limit, retry_delay,
      retry_backoff, heartbeat_seconds, policy)
    values ('prepare-post', $6, $4, $4, $4, 900, 3600, 3, 5, true, 15, 'standard')
  )
  insert into posts (team_id, id, profile_id, driver, status, media_type, media_url, sound_id, title, description, is_live,
    is_ai_generated, is_commercial, webhook_url, created_at, updated_at)
  values ($1, $2, $3, 'sandbox', 'preparing', 'video', $9, $10, $11, '', true, false, false, $12, $4, $4)`

const read = `
  select p.*, t.warmup_runs, t.warmup_span_ms, t.warmup_session_ms, t.warmup_interval_ms, t.warmup_maintenance_ms
  from profiles p join teams t on t.id = p.team_id where p.team_id = $1 and p.id = $2`

/** The rows of one accepted post in one named statement: the least that Postgres can be asked for them. */
export async function writePost(pool: pg.Pool, teamId: string, post: ReturnType<typeof postOf>): Promise<void> {
  const id = newId()
  const facts = JSON.stringify({ task_id: id, profile_id: post.profile_id, status: 'preparing', is_live: true, execute_at: null })
  const { profile_id, media_url, sound_id, title, webhook_url } = post
  const ids = [newId(), facts, newId(), newId()]
  const values = [teamId, id, profile_id, new Date(), ...ids, media_url, sound_id, title, webhook_url]
  await pool.query({ name: 'bare post', text: rows, values })
}

/** The rows that the answer about a profile is made of, in one named statement. */
export async function readProfile(pool: pg.Pool, teamId: string, id: string): Promise<void> {
  await pool.query({ name: 'bare profile', text: read, values: [teamId, id] })
}
