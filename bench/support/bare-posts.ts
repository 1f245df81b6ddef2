import { newId } from '../../src/lib/ids.ts'
import { idOf } from '../fill/ids.ts'
import { copyTables } from './bare-tables.ts'
import { postOf, type Stage } from './staged.ts'

const rows = `
  with task as (
    insert into bench.tasks (team_id, id, profile_id, kind, status, run_at, created_at, updated_at)
    values ($1, $2, $3, 'publish', 'pending', $4, $4, $4)
  ), event as (
    insert into bench.events (team_id, id, type, data, created_at) values ($1, $5, 'post.scheduled', $6, $4)
  ), line as (
    insert into bench.timeline (team_id, profile_id, id, kind, task_id, task_kind, to_status, reason, created_at)
    values ($1, $3, $7, 'task', $2, 'publish', 'preparing', 'The post was accepted.', $4)
  ), trail as (
    insert into bench.audit (team_id, id, actor, action, subject, after, request_id, created_at)
    values ($1, $8, 'api_key:bench', 'post.create', 'post:' || $2, $6, 'bench', $4)
  )
  insert into bench.posts (team_id, id, profile_id, driver, status, media_type, media_url, sound_id, title, description, is_live,
    is_ai_generated, is_commercial, webhook_url, prepare_at, created_at, updated_at)
  values ($1, $2, $3, 'sandbox', 'preparing', 'video', $9, $10, $11, '', true, false, false, $12, $4, $4, $4)`

const row = `
  insert into bench.post (team_id, id, profile_id, driver, status, media_type, media_url, sound_id, title, description, is_live,
    webhook_url, created_at, updated_at)
  values ($1, $2, $3, 'sandbox', 'preparing', 'video', $4, $5, $6, '', true, $7, $8, $8)`

/** Accepting a post by bare pg, each post in a transaction and a named statement of its own. */
export interface BarePosts {
  /** The rows that Croft stores of it, in copies of Croft's own tables. */
  rows: () => Promise<unknown>
  /** Its content alone, in a table with nothing but a primary key. */
  row: () => Promise<unknown>
}

/** @param profiles how many were filled; the posts go to them in turn */
export async function barePosts({ database: { pool }, teamId: team }: Stage, profiles: number): Promise<BarePosts> {
  await copyTables(pool)
  await pool.query(`
    create table bench.post (
      team_id uuid not null, id uuid not null, profile_id uuid not null, driver text not null, status text not null,
      media_type text not null, media_url text not null, sound_id text, title text not null, description text not null,
      is_live boolean not null, webhook_url text, warnings jsonb not null default '[]',
      created_at timestamptz not null, updated_at timestamptz not null, primary key (team_id, id)
    )`)
  let next = 0
  const post = () => postOf(idOf('profile', next++ % profiles), 'https://media.example/video.mp4')
  return {
    rows() {
      const [id, now] = [newId(), new Date()]
      const { profile_id, media_url, sound_id, title, webhook_url } = post()
      const facts = JSON.stringify({ task_id: id, profile_id, status: 'preparing', is_live: true, execute_at: null })
      const values = [team, id, profile_id, now, newId(), facts, newId(), newId(), media_url, sound_id, title, webhook_url]
      return pool.query({ name: 'bare rows', text: rows, values })
    },
    row() {
      const { profile_id, media_url, sound_id, title, webhook_url } = post()
      const values = [team, newId(), profile_id, media_url, sound_id, title, webhook_url, new Date()]
      return pool.query({ name: 'bare row', text: row, values })
    },
  }
}
