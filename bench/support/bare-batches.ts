import type pg from 'pg'
import { idOf, idSql } from '../fill/ids.ts'
import { postFiller, type Posts } from '../fill/posts.ts'
import { copyTables } from './bare-tables.ts'

/**
 * The durable writes that publishing a post needs at least, by bare pg over one connection: Croft's own tables with their
 * indexes, in batches, each of three commits. One stores the claims, one the beginnings of the steps (before the platform is asked),
 * one the results and what the posts became.
 */
const batch = 100

/** In the order in which they are made, as Croft's are. */
const newId = idSql('event', `nextval('bench.ids')`)

/** Lines about the claimed posts. @param ids a query of team_id, id, profile_id */
const told = (ids: string, event: string, status: string) => `
  told as (
    insert into bench.events (team_id, id, type, data, created_at)
    select team_id, ${newId}, '${event}', jsonb_build_object('task_id', id, 'profile_id', profile_id, 'status', '${status}',
      'is_live', true, 'execute_at', null, 'post_url', null, 'failure', null, 'reason', 'The post is live.'), now() from ${ids}
  ), line as (
    insert into bench.timeline (team_id, profile_id, id, kind, task_id, task_kind, from_status, to_status, reason, created_at)
    select team_id, profile_id, ${newId}, 'task', id, 'publish', 'queued', '${status}', 'The post is live.', now() from ${ids}
  )`

const claim = `
  with due as (
    select team_id, id, profile_id from bench.tasks where status = 'queued' and run_at <= now()
    order by run_at limit ${batch} for update skip locked
  ), task as (
    update bench.tasks t set status = 'running', claim = gen_random_uuid(), lease_until = now() + interval '20 seconds',
      started_at = now(), updated_at = now()
    from due where t.team_id = due.team_id and t.id = due.id
  ), post as (
    update bench.posts p set status = 'publishing', updated_at = now() from due where p.team_id = due.team_id and p.id = due.id
  ), ${told('due', 'post.publishing', 'publishing')}
  select team_id, id from due`

const begin = `
  insert into bench.task_steps (team_id, task_id, run, name, once, began_at)
  select $1, id, 1, 'publish', true, now() from unnest($2::uuid[]) id`

const settle = `
  with step as (
    update bench.task_steps set ended_at = now(), result = to_jsonb(now()) where team_id = $1 and task_id = any($2::uuid[])
  ), task as (
    update bench.tasks set status = 'done', claim = null, lease_until = null, ended_at = now(), updated_at = now()
    where team_id = $1 and id = any($2::uuid[])
  ), ids as (
    update bench.posts set status = 'published', post_url = 'https://platform.example/video/' || id, platform_post_id = id::text,
      published_at = now(), updated_at = now()
    where team_id = $1 and id = any($2::uuid[]) returning team_id, id, profile_id
  ), ${told('ids', 'post.published', 'published')}
  select count(*) from ids`

const accepted = `
  with ids as (
    select team_id, id, profile_id from bench.posts where team_id = $1 and id >= $2 order by id limit ${batch}
  ), ${told('ids', 'post.scheduled', 'preparing')}
  insert into bench.audit (team_id, id, actor, action, subject, after, request_id, created_at)
  select team_id, ${newId}, 'api_key:bench', 'post.create', 'post:' || id, jsonb_build_object('task_id', id), 'bench', now() from ids`

/** @returns posts per second: of posts that were accepted before, and of whole posts with their acceptance */
export async function bareBatches(pool: pg.Pool, posts: Posts, seconds: number): Promise<{ drain: number; whole: number }> {
  await copyTables(pool)
  const client = await pool.connect()
  try {
    const fill = await postFiller(client, { ...posts, schema: 'bench' })
    await fill(posts.first, posts.count)
    const publish = async (): Promise<number> => {
      const { rows } = await client.query<{ team_id: string; id: string }>({ name: 'claim', text: claim })
      const values = [posts.like.teamId, rows.map((row) => row.id)]
      await client.query({ name: 'begin', text: begin, values })
      await client.query({ name: 'settle', text: settle, values })
      return rows.length
    }
    const timed = async (work: () => Promise<number>): Promise<number> => {
      const began = performance.now()
      let done = 0
      for (let last = 1; last > 0 && performance.now() - began < seconds * 1_000; done += last) last = await work()
      return done / ((performance.now() - began) / 1_000)
    }
    const drain = await timed(publish)
    await client.query('truncate bench.posts, bench.tasks, bench.task_steps')
    let first = posts.first + posts.count
    const whole = await timed(async () => {
      await client.query('begin')
      await fill(first, batch)
      await client.query({ name: 'accepted', text: accepted, values: [posts.like.teamId, idOf('post', first)] })
      await client.query('commit')
      first += batch
      return publish()
    })
    return { drain, whole }
  } finally {
    client.release()
  }
}
