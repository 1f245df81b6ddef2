import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { pruneAll } from '../../../src/domain/retention/chores.ts'
import { sweepFiles } from '../../../src/domain/retention/files.ts'
import { fanOut } from '../../../src/domain/webhooks/fan-out.ts'
import { newId } from '../../../src/lib/ids.ts'
import { standingClock } from '../../support/clock.ts'
import { testCroft, type TestCroft } from '../../support/croft.ts'
import { until } from '../../support/wait.ts'
import { drivePost } from '../../support/drive.ts'
import { startMediaServer, type MediaServer } from '../../support/media-server.ts'
import { postNow, prepared } from '../../support/posts.ts'
import { readyProfile } from '../../support/ready-profile.ts'

const clock = standingClock()
const day = 86_400_000
let server: TestCroft
let media: MediaServer

before(async () => {
  media = await startMediaServer()
  server = await testCroft({ work: false, substitutes: { clock } })
})
after(async () => {
  await server.stop()
  await media.stop()
})

const count = async (table: string, where = sql`true`): Promise<number> =>
  (
    await sql<{
      n: number
    }>`select count(*)::int as n from ${sql.table(table)} where team_id = ${server.team.id} and ${where}`.execute(server.ctx.db)
  ).rows[0]?.n ?? 0
const stored = async (): Promise<string[]> => {
  const hashes: string[] = []
  for await (const { hash } of server.ctx.store.list()) hashes.push(hash)
  return hashes
}
const hashesOf = async (mediaId: string | null) =>
  (await server.ctx.db.selectFrom('media').select('files').where('id', '=', mediaId).execute()).flatMap(({ files }) =>
    files.map(({ hash }) => hash),
  )

test('the media of a post that ended 30 days ago goes, with its files; what is still needed stays', async () => {
  const { ctx, team } = server
  const profile = await readyProfile(ctx, team)
  const ended = await drivePost(ctx, clock, await prepared(ctx, team, profile, { mediaUrl: media.url('sample.mp4') }))
  assert.equal(ended.status, 'published')
  const slides = await drivePost(
    ctx,
    clock,
    await prepared(ctx, team, profile, { mediaType: 'slideshow', title: 'Rye', mediaUrl: media.url('sample-slides.zip') }),
  )
  const later = await prepared(ctx, team, profile, {
    mediaUrl: media.url('sample.mp4'),
    executeAt: clock.now().getTime() + 300 * day,
  })
  const [video] = await hashesOf(ended.media_id)
  const slideHashes = await hashesOf(slides.media_id)
  assert.ok(video !== undefined && slideHashes.length > 1)
  clock.forward(29 * day)
  assert.equal((await pruneAll(ctx, 'media'))['media'], 0)
  clock.forward(2 * day)
  assert.equal((await pruneAll(ctx, 'media'))['media'], 2)
  await sweepFiles(ctx)
  const left = await stored()
  assert.ok(left.includes(video), 'the scheduled post has the same bytes')
  assert.deepEqual(
    slideHashes.filter((hash) => left.includes(hash)),
    [],
  )
  assert.equal((await postNow(ctx, ended)).media_id, null)
  assert.equal((await server.request('GET', `/v1/posts/${ended.id}`)).status, 200)
  assert.notEqual((await postNow(ctx, later)).media_id, null)
  const metrics = String((await server.request('GET', '/metrics')).body)
  assert.match(metrics, /croft_removed_rows\{chore="media"\} 2/)
  assert.match(metrics, /croft_removed_bytes\{chore="files"\} [1-9]/)
})

test('a profile’s picture is never too old; one that was replaced, and an upload that nobody uses, are', async () => {
  const { ctx, team } = server
  const profile = await readyProfile(ctx, team)
  const insert = async (kind: string) => {
    const id = newId()
    await sql`
      insert into media (team_id, id, token, kind, files, info, size, created_at)
      values (${team.id}, ${id}, ${newId()}, ${kind}, '[]', '{}', 1, ${clock.now()})`.execute(ctx.db)
    return id
  }
  const [old, present, upload, used] = [
    await insert('picture'),
    await insert('picture'),
    await insert('upload'),
    await insert('upload'),
  ]
  await ctx.db.updateTable('profiles').set({ picture_id: present }).where('id', '=', profile.id).execute()
  clock.forward(31 * day)
  await ctx.db.updateTable('media').set({ used_at: clock.now() }).where('id', '=', used).execute()
  await pruneAll(ctx, 'media')
  const left = await ctx.db
    .selectFrom('media')
    .select('id')
    .where('id', 'in', [old, present, upload, used])
    .orderBy('id')
    .execute()
  assert.deepEqual(
    left.map(({ id }) => id),
    [present, used].sort(),
  )
})

test('events and deliveries that are past their time go in batches; what is still to be told or sent stays', async () => {
  const { ctx, team } = server
  await sql`delete from events`.execute(ctx.db)
  const endpoint = newId()
  await sql`
    insert into webhook_endpoints (team_id, id, url, enabled, created_at, updated_at)
    values (${team.id}, ${endpoint}, 'https://hooks.example.com/', true, now(), now())`.execute(ctx.db)
  const write = (n: number) =>
    sql`insert into events (team_id, id, type, data, created_at)
      select ${team.id}, uuid, 'credits.granted', '{}', ${clock.now()} from unnest(${Array.from({ length: n }, newId)}::uuid[]) uuid`.execute(
      ctx.db,
    )
  await write(2_500)
  while (await fanOut(ctx));
  await sql`update deliveries set status = 'delivered', ended_at = ${clock.now()}, next_try_at = null where endpoint_id = ${endpoint}`.execute(
    ctx.db,
  )
  const [waiting] = (
    await sql<{ id: string; event_id: string }>`
    update deliveries set status = 'pending', ended_at = null, next_try_at = ${clock.now()}
    where id = (select id from deliveries where endpoint_id = ${endpoint} order by id limit 1) returning id, event_id`.execute(
      ctx.db,
    )
  ).rows
  const [first] = (await sql<{ id: string }>`select id from events order by id limit 1 offset 5`.execute(ctx.db)).rows
  clock.forward(91 * day)
  await write(3)
  assert.equal((await pruneAll(ctx, 'deliveries'))['deliveries'], 2_499)
  assert.equal((await pruneAll(ctx, 'events'))['events'], 2_499)
  assert.equal(await count('events', sql`id = ${waiting?.event_id}`), 1, 'a delivery is still to arrive')
  assert.equal(await count('events'), 4)
  clock.forward(91 * day)
  await pruneAll(ctx, 'events')
  assert.equal(await count('events'), 4, 'what was not yet turned into deliveries stays')
  const gone = await server.request('GET', `/v1/events?after=${first?.id ?? ''}`)
  assert.equal(gone.status, 404)
  assert.equal((gone.body as { error: { code: string } }).error.code, 'event_not_found')
  // Transactions of other databases of the server hold events back for a moment.
  await until(async () => ((await server.request('GET', '/v1/events')).body as { items: unknown[] }).items.length === 4)
})

test('timelines, audit, keys, steps of ended tasks, dead workers, empty lanes and windows go; 0s keeps for ever', async () => {
  const { ctx, team } = server
  const profile = await readyProfile(ctx, team)
  const post = await drivePost(ctx, clock, await prepared(ctx, team, profile, { mediaUrl: media.url('sample.mp4') }))
  assert.ok((await count('task_steps', sql`task_id = ${post.id}`)) > 0)
  await sql`
    insert into workers (id, role, host, pid, started_at, polled_at) values ('dead', 'all', 'h', 1, now(), now() - interval '2 days'),
      ('alive', 'all', 'h', 1, now(), now())`.execute(ctx.db)
  await sql`
    insert into webhook_lanes (team_id, id, due_at, held_until) values
      (${team.id}, 'empty.example', null, null), (${team.id}, 'held.example', null, now() + interval '1 hour'),
      (${team.id}, 'due.example', ${clock.now()}, null)`.execute(ctx.db)
  await sql`
    insert into rate_windows (team_id, route, seconds, counts) values
      (${team.id}, 'quiet', array[1], array[1]), (${team.id}, 'busy', array[(extract(epoch from now()) * 1000)::bigint], array[1]),
      (${team.id}, 'new', '{}', '{}')`.execute(ctx.db)
  clock.forward(401 * day)
  const kept = { ...ctx, retention: { ...ctx.retention, auditMs: null } }
  const removed = await pruneAll(kept)
  assert.equal('audit' in removed, false)
  assert.ok((await count('audit')) > 0)
  await pruneAll(ctx)
  assert.equal(await count('audit'), 0)
  assert.equal(await count('timeline'), 0)
  assert.equal(await count('task_steps', sql`task_id = ${post.id}`), 0)
  const { rows: workers } = await sql<{ id: string }>`select id from workers`.execute(ctx.db)
  assert.deepEqual(workers, [{ id: 'alive' }])
  const { rows: lanes } = await sql<{ id: string }>`
    select id from webhook_lanes where team_id = ${team.id} and id like '%.example' order by id`.execute(ctx.db)
  assert.deepEqual(
    lanes.map(({ id }) => id),
    ['due.example', 'held.example'],
  )
  const { rows: windows } = await sql<{
    route: string
  }>`select route from rate_windows where team_id = ${team.id} order by route`.execute(ctx.db)
  assert.deepEqual(
    windows.map(({ route }) => route),
    ['busy', 'new'],
  )
})
