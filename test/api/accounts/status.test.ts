import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { sql } from 'kysely'
import { accountStatuses, accountStatusSql } from '../../../src/domain/profiles/standing.ts'
import { moveProfile } from '../../../src/domain/profiles/move.ts'
import { newId } from '../../../src/lib/ids.ts'
import { portalRecipes } from '../../promises/support/portal-recipes.ts'
import { accountsCroft, bodyOf, errorOf } from './support.ts'

const { croft, profile, warming, ready, account } = accountsCroft()
const why = 'A test says so.'

test('failed and deactivated accounts are told, and the lists find them', async () => {
  const { ctx, team } = croft()
  const pictured = async (...events: ('set_up_failed' | 'given_up' | 'deactivated')[]) => {
    let row = await profile('tiktok')
    await ctx.db.updateTable('profiles').set({ bio: 'Bread' }).where('id', '=', row.id).execute()
    for (const event of events) row = await team.unit.commit((tx) => moveProfile(tx, row, event, why))
    return row.id
  }
  const of: Record<string, string> = {
    created_pending_warmup: await pictured(),
    warming_up: (await warming('tiktok')).id,
    ready: (await ready('tiktok')).id,
    failed: await pictured('set_up_failed', 'given_up'),
    deactivated: await pictured('deactivated'),
  }
  assert.deepEqual(Object.keys(of), accountStatuses)
  for (const [status, id] of Object.entries(of)) {
    assert.equal((await account(id))['accountStatus'], status)
    const { data } = bodyOf(await croft().request('GET', `/v1/accounts?status=${status}`)) as { data: { accountId: string }[] }
    assert.deepEqual(
      data.map(({ accountId }) => accountId),
      [id],
      status,
    )
    // Seed page 1: null until provisioned, whatever became of the profile since.
    const farm = bodyOf(await croft().request('GET', `/v1/farm-profiles/${id}`))
    const provisioned = status === 'ready' || status === 'warming_up'
    assert.deepEqual([farm['bio'], (farm['accounts'] as object[]).length], [null, provisioned ? 2 : 0], status)
  }
  const closed = await ready('tiktok')
  await ctx.db.updateTable('profiles').set({ bio: 'Rye' }).where('id', '=', closed.id).execute()
  await croft().request('POST', `/v1/farm-profiles/${closed.id}/deactivate`)
  assert.equal(bodyOf(await croft().request('GET', `/v1/farm-profiles/${closed.id}`))['bio'], 'Rye')
  const unknown = await croft().request('GET', '/v1/accounts?status=cold')
  assert.deepEqual([unknown.status, errorOf(unknown).details?.[0]?.path], [400, 'query.status'])
})

test('the list by status reads its index', async () => {
  const { db } = croft().ctx
  const { rows } = await db.transaction().execute(async (trx) => {
    await sql`set local enable_seqscan = off`.execute(trx)
    return sql<{ 'QUERY PLAN': string }>`explain select * from profiles
      where team_id = ${newId()} and ${sql.raw(accountStatusSql)} = 'failed' order by id desc limit 20`.execute(trx)
  })
  assert.match(rows.map((row) => row['QUERY PLAN']).join('\n'), /profiles_by_account_status/)
})

test('an account that a manager delivered claims no email that nobody gave', async () => {
  const { params = {} } = (await portalRecipes['POST /api/ext/bundles/{id}/close']?.(croft(), croft().team)) ?? {}
  const bundle = bodyOf(await croft().request('GET', `/api/ext/bundles/${params['id'] ?? ''}`))['data'] as { account_id: string }
  const farm = bodyOf(await croft().request('GET', `/v1/farm-profiles/${bundle.account_id}`))
  assert.deepEqual(farm['platforms'], ['tiktok'])
  assert.deepEqual(farm['accounts'], [{ platform: 'tiktok', username: farm['tiktok_username'] }])
})

test('what was delivered and kept before says the same after the migration', async () => {
  const { params = {} } = (await portalRecipes['POST /api/ext/bundles/{id}/close']?.(croft(), croft().team)) ?? {}
  const { db } = croft().ctx
  const { profile_id } = await db
    .selectFrom('bundles')
    .select('profile_id')
    .where('id', '=', params['id'] ?? '')
    .executeTakeFirstOrThrow()
  const own = await profile('tiktok')
  await db.updateTable('profiles').set({ email_auth_method: 'google' }).execute()
  const { id: manager } = await db.selectFrom('managers').select('id').executeTakeFirstOrThrow()
  const key = (text: string) => ({ team_id: own.team_id, key: text, fingerprint: Buffer.from('x'), created_at: new Date() })
  await db
    .insertInto('idempotency_keys')
    .values([key(`${manager} night shift`), key('of the team')])
    .execute()
  await sql`drop index profiles_by_account_status`.execute(db)
  await sql.raw(await readFile(new URL('../../../src/db/migrations/0009_input.sql', import.meta.url), 'utf8')).execute(db)
  const rows = await db.selectFrom('profiles').select(['id', 'email_auth_method']).execute()
  const emailOf = new Map(rows.map((row) => [row.id, row.email_auth_method]))
  assert.deepEqual([emailOf.get(profile_id ?? ''), emailOf.get(own.id)], [null, 'google'])
  const keys = await db.selectFrom('idempotency_keys').select('key').orderBy('key').execute()
  assert.deepEqual(new Set(keys.map((row) => row.key)), new Set([`${manager}\nnight shift`, 'of the team']))
})
