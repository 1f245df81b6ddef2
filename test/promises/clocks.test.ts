import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { readSettings } from '../../src/config/read.ts'
import { countRequest } from '../../src/domain/limits/rate.ts'
import { createProfile } from '../../src/domain/profiles/create.ts'
import { awaitKeyChange } from '../../src/kernel/key-cache.ts'
import { lapseClaims } from '../../src/people/lapse.ts'
import { createCroft, type Croft } from '../../src/app/croft.ts'
import { standingClock } from '../support/clock.ts'
import { testCroft, testTeam, type TestCroft } from '../support/croft.ts'
import { carryOut, newUsername } from '../support/ready-profile.ts'
import { testManager } from '../people/support.ts'

const dayMs = 86_400_000

/** Two processes on one database: the clock of the first is right, that of the second is two days ahead, and is set back. */
let right: TestCroft
let wrong: Croft
let wrongAddress: string
const clock = standingClock()
clock.forward(2 * dayMs)
before(async () => {
  const settings = { CROFT_RATE_LIMIT_PER_MINUTE: '3', CROFT_SECRET_KEY: 'ab'.repeat(32) }
  right = await testCroft({ work: false, settings })
  const own = readSettings({ PORT: '0', LOG_LEVEL: 'silent', CROFT_DATA_DIR: right.dataDir, ...settings })
  wrong = await createCroft({ ...own, CROFT_ROLE: 'api' }, { connection: right.database.connection, clock })
  wrongAddress = await wrong.start()
})
after(async () => {
  await wrong.stop(0)
  await right.stop()
})

const askWrong = (method: string, path: string, headers: Record<string, string>, body?: string) =>
  fetch(new URL(path, wrongAddress), { method, headers: { ...headers, 'content-type': 'application/json' }, body: body ?? null })

const shiftHits = (teamId: string, byMs: number) =>
  sql`update rate_windows set seconds = array(select s + ${byMs} from unnest(seconds) s) where team_id = ${teamId}`.execute(
    right.ctx.db,
  )

test('hits that a process with a wrong clock took are as old as the database says', async () => {
  const { id } = await testTeam(right.ctx, 'wrong clock')
  const hits = await Promise.all(Array.from({ length: 4 }, () => countRequest(wrong.ctx, id, 'post-create')))
  assert.equal(hits.filter((hit) => hit?.allowed).length, 3)
  assert.equal((await countRequest(right.ctx, id, 'post-create'))?.allowed, false, 'the minute is one for all processes')
  await shiftHits(id, -60_001)
  assert.equal((await countRequest(right.ctx, id, 'profile-create'))?.allowed, true)
  clock.back(3_600_000)
  assert.equal((await countRequest(wrong.ctx, id, 'post-create'))?.allowed, true, 'a clock set back locks nobody out')
})

test('hits of the future, of a database whose clock was set back, lock nobody out', async () => {
  const { id } = await testTeam(right.ctx, 'future')
  for (let n = 0; n < 3; n += 1) await countRequest(right.ctx, id, 'post-create')
  await shiftHits(id, 3_600_000)
  assert.equal((await countRequest(right.ctx, id, 'post-create'))?.allowed, true)
})

test('a key is as old as the database says', async () => {
  const made = await right.request('POST', '/v1/api-keys', { expires_at: new Date(Date.now() + 3_600_000).toISOString() })
  const { key, api_key_id } = made.body as { key: string; api_key_id: string }
  const statuses = async () => [
    (await right.request('GET', '/v1/team', undefined, { 'x-api-key': key })).status,
    (await askWrong('GET', '/v1/team', { 'x-api-key': key })).status,
  ]
  assert.deepEqual(await statuses(), [200, 200])
  await sql`update api_keys set expires_at = now() where id = ${api_key_id}`.execute(right.ctx.db)
  await awaitKeyChange(right.ctx.db)
  clock.back(3 * dayMs)
  assert.deepEqual(await statuses(), [401, 401])
  clock.forward(3 * dayMs)
})

test('an answer is kept for its Idempotency-Key for a day by the database’s clock', async () => {
  const key = { 'x-api-key': right.key, 'idempotency-key': 'once' }
  assert.equal((await right.request('POST', '/v1/api-keys', { scope: 'read' }, key)).status, 201)
  const again = await askWrong('POST', '/v1/api-keys', key, JSON.stringify({ scope: 'read' }))
  assert.deepEqual([again.status, again.headers.get('idempotent-replayed')], [201, 'true'])
})

test('a manager’s claim holds by the database’s clock', async () => {
  const { ctx, team } = right
  const input = { username: newUsername(), emailAuthMethod: 'google', platform: 'tiktok', driver: 'operator' } as const
  const { row } = await createProfile(team.unit, input)
  await carryOut(ctx, row)
  const manager = await testManager(right, team)
  const item = ctx.db.selectFrom('work_items').selectAll().where('profile_id', '=', row.id)
  const { id } = await item.executeTakeFirstOrThrow()
  assert.equal((await manager.request('POST', `/v1/work/${id}/claim`)).status, 200)
  assert.equal(await lapseClaims(wrong.ctx), 0, 'not by a clock that is ahead')
  assert.equal((await askWrong('GET', `/v1/work/${id}`, { 'x-api-key': manager.key })).status, 200)
  const { claimed_until } = await item.executeTakeFirstOrThrow()
  assert.ok(claimed_until && claimed_until.getTime() - Date.now() < dayMs, 'nor does one that is ahead make it hold for days')
  await ctx.db
    .updateTable('work_items')
    .set({ claimed_until: sql<Date>`now()` })
    .where('id', '=', id)
    .execute()
  clock.back(3 * dayMs)
  assert.equal(await lapseClaims(wrong.ctx), 1)
})
