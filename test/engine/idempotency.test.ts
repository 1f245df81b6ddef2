import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { standingClock } from '../support/clock.ts'
import { testCroft, type TestCroft } from '../support/croft.ts'
import { newUsername, readyProfile } from '../support/ready-profile.ts'

const clock = standingClock()
let server: TestCroft
before(async () => {
  server = await testCroft({ work: false, substitutes: { clock } })
})
after(() => server.stop())

const post = (profileId: string) => ({
  profile_id: profileId,
  media_type: 'video',
  media_url: 'https://media.example.com/bread.mp4',
  sound_id: '7100000000000000000',
  title: 'Rye',
  webhook_url: 'https://hooks.example.com/croft',
  description: 'Three days',
  is_live: true,
})

const countOf = async (table: 'posts' | 'profiles' | 'idempotency_keys' | 'api_keys') =>
  (
    await server.ctx.db
      .selectFrom(table)
      .select(({ fn }) => fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow()
  ).n

/** The rows of every table of ours and of the queue's. */
async function allRows(): Promise<Record<string, number>> {
  const { db } = server.ctx
  const { rows } = await sql<{ name: string }>`
    select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`.execute(db)
  const counts: Record<string, number> = {}
  for (const { name } of rows) {
    const counted = await sql<{ n: number }>`select count(*) as n from ${sql.raw(name)}`.execute(db)
    counts[name] = counted.rows[0]?.n ?? -1
  }
  return counts
}

test('fifty requests at once under one key have one effect', async () => {
  const { request } = server
  const profile = await readyProfile(server.ctx, server.team)
  const before = await countOf('posts')
  const key = { 'idempotency-key': 'fifty' }
  const answers = await Promise.all(Array.from({ length: 50 }, () => request('POST', '/v1/posts', post(profile.id), key)))
  assert.equal(await countOf('posts'), before + 1)
  const accepted = answers.filter(({ status }) => status === 202)
  const others = answers.filter(({ status }) => status !== 202)
  assert.ok(accepted.length >= 1)
  assert.equal(new Set(accepted.map(({ body }) => JSON.stringify(body))).size, 1)
  assert.equal(accepted.filter(({ headers }) => headers.get('idempotent-replayed') === null).length, 1)
  for (const { status, body } of others) {
    assert.equal(status, 409)
    assert.equal((body as { error: { code: string } }).error.code, 'idempotency_key_in_use')
  }
})

test('a request that was refused changed nothing, and its key is free for the next', async () => {
  const { request } = server
  const profile = await readyProfile(server.ctx, server.team)
  const key = { 'idempotency-key': 'refused first' }
  const refused = await request('POST', '/v1/posts', { ...post(profile.id), title: 'x'.repeat(2_201) }, key)
  assert.equal(refused.status, 422)
  const accepted = await request('POST', '/v1/posts', post(profile.id), key)
  assert.deepEqual([accepted.status, accepted.headers.get('idempotent-replayed')], [202, null])
  assert.equal((await request('POST', '/v1/posts', { ...post(profile.id), title: 'Wheat' }, key)).status, 422)
})

test('a change and its answer stand or fall together', async () => {
  const { request, ctx } = server
  const profile = await readyProfile(ctx, server.team)
  const before = await countOf('posts')
  const key = { 'idempotency-key': 'broken in the middle' }
  // The database itself refuses the answer, as it would where it broke off just then.
  await sql`alter table idempotency_keys add constraint no_answer check (key <> 'broken in the middle' or body is null)`.execute(
    ctx.db,
  )
  assert.equal((await request('POST', '/v1/posts', post(profile.id), key)).status, 500)
  assert.equal(await countOf('posts'), before)
  await sql`alter table idempotency_keys drop constraint no_answer`.execute(ctx.db)
  const again = await request('POST', '/v1/posts', post(profile.id), key)
  assert.deepEqual([again.status, again.headers.get('idempotent-replayed')], [202, null])
  assert.equal(await countOf('posts'), before + 1)
})

test('an answer is kept for a day', async () => {
  const { request } = server
  const profile = await readyProfile(server.ctx, server.team)
  const key = { 'idempotency-key': 'a day' }
  const first = await request('POST', '/v1/posts', post(profile.id), key)
  clock.forward(23 * 3_600_000)
  assert.deepEqual((await request('POST', '/v1/posts', post(profile.id), key)).body, first.body)
  clock.forward(2 * 3_600_000)
  const later = await request('POST', '/v1/posts', post(profile.id), key)
  assert.equal(later.status, 202)
  assert.notDeepEqual(later.body, first.body)
})

test('a dry run leaves no row in any table', async () => {
  const { request } = server
  const profile = await readyProfile(server.ctx, server.team)
  const made = await request('POST', '/v1/posts', post(profile.id))
  const { task_id: taskId } = made.body as { task_id: string }
  const before = await allRows()
  assert.ok(Object.keys(before).length > 20)
  const dry = { 'x-dry-run': 'true', 'idempotency-key': 'dry' }
  const requests: [string, string, unknown?][] = [
    ['POST', '/v1/farm-profiles', { username: newUsername(), email_auth_method: 'google' }],
    ['PATCH', `/v1/farm-profiles/${profile.id}`, { bio: 'Bread' }],
    ['POST', '/v1/posts', post(profile.id)],
    ['PATCH', `/v1/posts/${taskId}`, { title: 'Wheat' }],
    ['POST', `/v1/posts/${taskId}/cancel`],
    ['POST', `/v1/farm-profiles/${profile.id}/deactivate`],
    ['POST', '/v1/api-keys', { name: 'one more' }],
    ['PATCH', '/v1/team', { warmup: { runs: 3 } }],
  ]
  for (const [method, path, body] of requests) {
    const answer = await request(method, path, body, dry)
    assert.ok(answer.status < 300, `${method} ${path}: ${JSON.stringify(answer.body)}`)
    assert.equal((answer.body as { dry_run: boolean }).dry_run, true)
  }
  assert.deepEqual(await allRows(), before)
  assert.equal(
    (await server.ctx.db.selectFrom('posts').select('status').where('id', '=', taskId).executeTakeFirst())?.status,
    'preparing',
  )
})
