import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from '../../../src/lib/ids.ts'
import { testTeam } from '../../support/croft.ts'
import { drive } from '../../support/drive.ts'
import { getProfile } from '../../../src/domain/profiles/get.ts'
import { accountsCroft, bodyOf, dayMs, errorOf, pathsOf } from './support.ts'

const { croft, clock, ready, profile, warming, patch, account } = accountsCroft()

test('an account has these members, and they follow its lifecycle', async () => {
  const row = await profile('tiktok')
  const { ctx } = croft()
  const created = {
    accountId: row.id,
    phoneId: null,
    platform: 'tiktok',
    name: row.username,
    username: row.username,
    bio: null,
    accountStatus: 'created_pending_warmup',
    warmupDay: 0,
    warmupStartDate: null,
    warmupCompletionDate: null,
    profilePictureUrl: null,
    linkInBio: null,
    createdAt: row.created_at.toISOString(),
    nextNameChangeAllowed: null,
  }
  assert.deepEqual(await account(row.id), created)
  const present = () => getProfile(ctx.db, row.team_id, row.id)
  await drive(ctx, clock, row, async () => (await present()).status === 'warming')
  const start = (await present()).first_run_at
  assert.ok(start)
  const running = await account(row.id)
  assert.deepEqual(
    { ...running, phoneId: null },
    {
      ...created,
      accountStatus: 'warming_up',
      warmupDay: 1,
      warmupStartDate: start.toISOString(),
      nextNameChangeAllowed: new Date(start.getTime() + 5 * dayMs).toISOString(),
    },
  )
  clock.to(new Date(start.getTime() + dayMs - 1))
  assert.equal((await account(row.id))['warmupDay'], 1)
  clock.to(new Date(start.getTime() + dayMs))
  assert.equal((await account(row.id))['warmupDay'], 2)
  await drive(ctx, clock, row, async () => (await present()).status === 'ready')
  const done = await account(row.id)
  assert.deepEqual([done['accountStatus'], done['warmupDay'], done['warmupStartDate']], ['ready', 7, start.toISOString()])
  assert.equal(done['warmupCompletionDate'], (await present()).ready_at?.toISOString())
  await drive(ctx, clock, row, async () => (await present()).status === 'warming')
  assert.deepEqual(
    [(await account(row.id))['accountStatus'], (await account(row.id))['warmupCompletionDate']],
    ['ready', done['warmupCompletionDate']],
  )
})

test('day 7 is the last, however long the warm-up takes', async () => {
  const { id } = await warming('instagram')
  clock.forward(40 * dayMs)
  const { warmupDay, accountStatus } = await account(id)
  assert.deepEqual([warmupDay, accountStatus], [7, 'warming_up'])
})

test('the list: newest first, a page at a time', async () => {
  const team = await testTeam(croft().ctx, 'list')
  const headers = { 'x-api-key': team.key }
  const ids: string[] = []
  for (const n of [1, 2, 3]) {
    const made = await croft().request(
      'POST',
      '/v1/farm-profiles',
      { username: `listed.${n}`, email_auth_method: 'google', platform: n === 2 ? 'instagram' : 'tiktok' },
      headers,
    )
    ids.unshift(String(bodyOf(made)['profile_id']))
  }
  const first = bodyOf(await croft().request('GET', '/v1/accounts?limit=2', undefined, headers))
  assert.deepEqual(Object.keys(first).sort(), ['data', 'hasMore', 'nextCursor'])
  const second = bodyOf(
    await croft().request('GET', `/v1/accounts?limit=2&cursor=${String(first['nextCursor'])}`, undefined, headers),
  )
  const data = [first, second].flatMap((page) => page['data'] as { accountId: string; platform: string }[])
  assert.deepEqual(
    data.map(({ accountId, platform }) => [accountId, platform]),
    ids.map((id, index) => [id, index === 1 ? 'instagram' : 'tiktok']),
  )
  assert.deepEqual([first['hasMore'], second['hasMore'], second['nextCursor']], [true, false, null])
  assert.deepEqual(data[0], bodyOf(await croft().request('GET', `/v1/accounts/${ids[0] ?? ''}`, undefined, headers)))
})

test('bad values of a list are 400', async () => {
  for (const [query, path] of [
    ['limit=0', 'query.limit'],
    ['limit=101', 'query.limit'],
    ['limit=x', 'query.limit'],
    ['cursor=x', 'query.cursor'],
    ['page=2', 'query.page'],
  ]) {
    const answer = await croft().request('GET', `/v1/accounts?${query ?? ''}`)
    assert.deepEqual([answer.status, errorOf(answer).code, pathsOf(answer)], [400, 'validation_error', [path]])
  }
})

test('another team’s account, one that never was and no id at all are not found, in the same words', async () => {
  const { id } = await ready('tiktok')
  const other = await testTeam(croft().ctx, 'other')
  const headers = { 'x-api-key': other.key, 'x-request-id': 'same' }
  const ask = async (method: string, accountId: string, body?: unknown) => {
    const path = `/v1/accounts/${accountId}${method === 'PATCH' ? '/profile' : ''}`
    return croft().request(method, path, body, headers)
  }
  for (const [method, body] of [
    ['GET', undefined],
    ['PATCH', { platform: 'tiktok', bio: 'x' }],
    ['PATCH', { platform: 'nothing right', bio: 7 }],
  ] as const) {
    const answers = await Promise.all([id, newId(), 'acc_1a2b3c4d5e', '7'].map((one) => ask(method, one, body)))
    for (const answer of answers) {
      assert.equal(answer.status, 404)
      assert.equal(errorOf(answer).code, 'account_not_found')
      assert.deepEqual(answer.body, answers[0]?.body)
    }
  }
})

test('keys and scopes', async () => {
  const { id } = await ready('tiktok')
  const reader = await testTeam(croft().ctx, 'test', 'read')
  const worker = await testTeam(croft().ctx, 'test', 'work')
  for (const [method, path, body] of [
    ['GET', '/v1/accounts', undefined],
    ['GET', `/v1/accounts/${id}`, undefined],
    ['PATCH', `/v1/accounts/${id}/profile`, { platform: 'tiktok', bio: 'x' }],
  ] as const) {
    const ask = (key: string) => croft().request(method, path, body, { 'x-api-key': key })
    assert.deepEqual([(await ask('croft_none')).status, (await ask('')).status, (await ask(worker.key)).status], [401, 401, 403])
    assert.equal((await ask(reader.key)).status, method === 'GET' ? 200 : 403)
  }
  assert.equal((await account(id))['bio'], null)
})

test('a repeated Idempotency-Key answers the same and spends one change', async () => {
  const { id } = await ready('instagram')
  const headers = { 'idempotency-key': newId() }
  const first = await patch(id, { platform: 'instagram', name: 'Once' }, headers)
  clock.forward(1_000)
  const again = await patch(id, { platform: 'instagram', name: 'Once' }, headers)
  assert.deepEqual([again.status, again.body, again.headers.get('idempotent-replayed')], [200, first.body, 'true'])
  const other = await patch(id, { platform: 'instagram', name: 'Twice' }, headers)
  assert.deepEqual([other.status, errorOf(other).code], [422, 'idempotency_key_reused'])
  const refused = { 'idempotency-key': newId() }
  assert.equal((await patch(id, { platform: 'instagram', name: 'Twice' }, refused)).status, 429)
  clock.forward(14 * dayMs)
  assert.equal((await patch(id, { platform: 'instagram', name: 'Twice' }, refused)).status, 200)
})

test('a dry run checks all and changes nothing', async () => {
  const { id } = await ready('instagram')
  const before = await account(id)
  const headers = { 'x-dry-run': 'true' }
  const answer = await patch(id, { platform: 'instagram', name: 'Tried', bio: 'Tried' }, headers)
  const body = bodyOf(answer)
  assert.deepEqual([answer.status, body['name'], body['bio'], body['dry_run']], [200, 'Tried', 'Tried', true])
  assert.equal((await patch(id, { platform: 'instagram', bio: 'b'.repeat(151) }, headers)).status, 400)
  assert.deepEqual(await account(id), before)
  assert.equal((await patch(id, { platform: 'instagram', name: 'For real' })).status, 200)
})
