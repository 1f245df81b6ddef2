import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { createCroft, type Croft } from '../../../src/app/croft.ts'
import { readSettings } from '../../../src/config/read.ts'
import { revokeKey } from '../../../src/domain/keys/keys.ts'
import { eraseTeam } from '../../../src/domain/erasure/team.ts'
import { awaitKeyChange } from '../../../src/kernel/key-cache.ts'
import { hashOf } from '../../../src/kernel/key-secret.ts'
import { commandLine } from '../../../src/kernel/caller.ts'
import { openUnit } from '../../../src/kernel/unit-of-work.ts'
import { addManager, deactivateManager } from '../../../src/people/managers.ts'
import { testManager } from '../../people/support.ts'
import { noteStatements } from '../../promises/support/statements.ts'
import { testCroft, testTeam, type TestCroft } from '../../support/croft.ts'
import { isWaiting } from '../../support/locks.ts'
import { until } from '../../support/wait.ts'

const statements = noteStatements()

/** Two processes' worth of Croft on one database. */
let first: TestCroft
let second: Croft
let secondAddress: string
before(async () => {
  first = await testCroft({ work: false })
  const settings = readSettings({
    PORT: '0',
    LOG_LEVEL: 'silent',
    CROFT_DATA_DIR: first.dataDir,
    CROFT_RATE_LIMIT_PER_MINUTE: '0',
  })
  second = await createCroft({ ...settings, CROFT_ROLE: 'api' }, { connection: first.database.connection })
  secondAddress = await second.start()
  await bothKeep()
})
after(async () => {
  await second.stop(0)
  await first.stop()
})

const bothKeep = () => until(() => first.ctx.keys.isOpen && second.ctx.keys.isOpen)
const statusOf = async (address: string, key: string, path: string) => {
  const response = await fetch(new URL(path, address), { headers: { 'x-api-key': key } })
  await response.arrayBuffer()
  return response.status
}
const onFirst = (key: string, path = '/v1/tasks') => statusOf(first.address, key, path)
const onSecond = (key: string, path = '/v1/tasks') => statusOf(secondAddress, key, path)
const kept = (croft: { ctx: Croft['ctx'] }, key: string) => croft.ctx.keys.find(hashOf(key).toString('latin1')) !== null

/** Uses the key on both until both keep it: a change of another test may just have emptied them. */
async function keptByBoth(key: string, path?: string): Promise<void> {
  await until(async () => {
    assert.deepEqual([await onFirst(key, path), await onSecond(key, path)], [200, 200])
    return kept(first, key) && kept(second, key)
  })
}

const idOf = async (key: string) =>
  (await first.ctx.db.selectFrom('api_keys').select('id').where('hash', '=', hashOf(key)).executeTakeFirstOrThrow()).id

test('a key that was used a moment ago is not asked for again', async () => {
  await keptByBoth(first.key)
  statements()
  assert.deepEqual([await onFirst(first.key), await onSecond(first.key)], [200, 200])
  assert.deepEqual(
    statements().filter(({ text }) => text.includes('api_keys')),
    [],
  )
})

test('the next request after a revocation is refused on every process', async () => {
  for (let n = 0; n < 10; n += 1) {
    const { id: teamId, key } = await testTeam(first.ctx, `revoked ${n}`)
    await keptByBoth(key)
    const { ctx } = n % 2 === 0 ? first : second
    await revokeKey(openUnit(ctx, commandLine(teamId)), await idOf(key))
    assert.deepEqual(await Promise.all([onSecond(key), onFirst(key)]), [401, 401], `key ${n}`)
  }
})

test('a revocation answers only when nobody keeps the key any more', async () => {
  const { id: teamId, key } = await testTeam(first.ctx, 'held')
  const id = await idOf(key)
  await first.database.db.connection().execute(async (holder) => {
    await sql`select pg_advisory_lock(7236012, 1)`.execute(holder)
    let answered = false
    const revoking = revokeKey(openUnit(first.ctx, commandLine(teamId)), id)
    const noted = revoking.then(() => (answered = true))
    await until(() => isWaiting(first.ctx.db))
    assert.equal(answered, false)
    await sql`select pg_advisory_unlock(7236012, 1)`.execute(holder)
    await noted
  })
  assert.equal(await onFirst(key), 401)
  await bothKeep()
})

test('a change made by hand in the database counts too', async () => {
  const { key } = await testTeam(first.ctx, 'by hand')
  await keptByBoth(key)
  await sql`update api_keys set scope = 'work' where hash = ${hashOf(key)}`.execute(first.ctx.db)
  await awaitKeyChange(first.ctx.db)
  assert.deepEqual([await onFirst(key), await onSecond(key)], [403, 403])
  await sql`update api_keys set scope = 'read', expires_at = now() where hash = ${hashOf(key)}`.execute(first.ctx.db)
  await awaitKeyChange(first.ctx.db)
  assert.deepEqual([await onFirst(key), await onSecond(key)], [401, 401])
})

test('a manager serves a new team, and none once deactivated, on every process from the next request on', async () => {
  const other = await testTeam(first.ctx, 'served too')
  const { key, name } = await testManager(first, first.team)
  await keptByBoth(key, '/v1/work')
  await addManager(other.unit, name)
  await keptByBoth(key, '/v1/work')
  for (const { ctx } of [first, second]) {
    const kept = ctx.keys.find(hashOf(key).toString('latin1'))
    assert.equal(kept?.kind === 'manager_key' && kept.manager.teamIds.length, 2)
  }
  await deactivateManager(first.ctx, name)
  assert.deepEqual([await onFirst(key, '/v1/work'), await onSecond(key, '/v1/work')], [401, 401])
})

test('an erased team’s keys are refused on every process', async () => {
  const { id, key } = await testTeam(first.ctx, 'erased')
  await keptByBoth(key)
  await eraseTeam(second.ctx, id)
  assert.deepEqual([await onFirst(key), await onSecond(key)], [401, 401])
})

test('what was read before a change is not kept after it', async () => {
  await bothKeep()
  const identity = { kind: 'team_key', teamId: first.team.id, keyId: 'test', scope: 'read' } as const
  const given = await first.ctx.keys.load('early', async () => {
    await sql`update api_keys set name = name where false`.execute(first.ctx.db)
    await awaitKeyChange(first.ctx.db)
    await bothKeep()
    return { identity, expiresInMs: null }
  })
  assert.deepEqual([given, first.ctx.keys.find('early')], [identity, null])
})

test('a process whose listening connection is lost keeps no key until it listens again', async () => {
  const { id: teamId, key } = await testTeam(first.ctx, 'lost')
  await keptByBoth(key)
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'croft listener' and datname = current_database()`.execute(
    first.ctx.db,
  )
  await until(() => !kept(first, key) && !kept(second, key))
  await keptByBoth(key)
  await revokeKey(openUnit(first.ctx, commandLine(teamId)), await idOf(key))
  assert.deepEqual([await onFirst(key), await onSecond(key)], [401, 401])
})
