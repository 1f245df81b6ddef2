import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deactivateManager } from '../../../src/people/managers.ts'
import { testTeam } from '../../support/croft.ts'
import { bodyOf, dataOf, editBody, errorOf, portal, rowsOf, savedAccount, testManager } from './support.ts'

const p = portal()
const account = () => savedAccount(p().server, p().manager.id)
const unknown = '0193a1b2-5e4f-7a3b-9c2d-1e0f9a8b7c6d'

test('the examples, to the letter', async () => {
  const id = await account()
  const before = await p().balance()
  await p().grant(50)
  const requested = {
    requested_username: 'new_username',
    requested_visible_name: 'New Display Name',
    requested_biography: 'Updated bio text',
    requested_profile_picture_url: p().pictures.url('/new-photo.jpg'),
  }
  const answer = await p().edit(id, requested)
  const now = p().server.clock.now().toISOString()
  const made = dataOf(answer)['edit_request_id']
  assert.equal(answer.status, 201)
  assert.deepEqual(answer.body, {
    data: {
      edit_request_id: made,
      account_id: id,
      status: 'pending',
      ...requested,
      requested_link_in_bio: null,
      created_at: now,
    },
    credits_charged: 8,
    credits_remaining: before + 42,
  })
  const list = await p().request('GET', `/api/ext/accounts/${id}/edit-request`)
  assert.equal(list.status, 200)
  assert.deepEqual(list.body, {
    data: [
      {
        id: made,
        status: 'pending',
        ...requested,
        requested_link_in_bio: null,
        feedback: null,
        credits_cost: 8,
        created_at: now,
        updated_at: now,
        finalized_at: null,
      },
    ],
  })
  assert.equal(await p().balance(), before + 42)
})

test('SAVED_ACCOUNT_NOT_FOUND, on every method', async () => {
  for (const id of [unknown, 'acc_123'])
    for (const answer of [
      await p().edit(id),
      await p().edit(id, { requested_username: '' }),
      await p().request('GET', `/api/ext/accounts/${id}/edit-request`),
      await p().request('POST', `/api/ext/accounts/${id}/edit-request/${unknown}/approve`),
    ]) {
      assert.equal(answer.status, 404)
      assert.equal(errorOf(answer).code, 'SAVED_ACCOUNT_NOT_FOUND')
    }
})

test('SAVED_ACCOUNT_NOT_OWNED, on every method, before the body is looked at, and nothing about the account', async () => {
  const id = await account()
  const headers = { 'x-api-key': (await testTeam(p().server.ctx, 'other of seed 5')).key }
  const path = `/api/ext/accounts/${id}/edit-request`
  const answers = [
    await p().edit(id, {}, headers),
    await p().edit(id, { requested_username: 'not ok', zzz: 1 }, headers),
    await p().request('GET', path, undefined, headers),
    await p().request('POST', `${path}/${unknown}/approve`, undefined, headers),
    await p().request('POST', `${path}/${unknown}/cancel`, undefined, headers),
    await p().request('POST', `${path}/${unknown}/request-changes`, { nothing: 1 }, headers),
  ]
  for (const answer of answers) {
    assert.equal(answer.status, 403)
    assert.deepEqual(errorOf(answer), { code: 'SAVED_ACCOUNT_NOT_OWNED', message: 'This account belongs to another team.' })
  }
})

const bad: [string, Record<string, unknown>, string][] = [
  ['a username with a space', { requested_username: 'new username' }, 'invalid_username'],
  ['no username', { requested_username: undefined }, 'invalid_username'],
  ['a null username', { requested_username: null }, 'invalid_username'],
  ['no name', { requested_visible_name: undefined }, 'invalid_visible_name'],
  ['a name of 31', { requested_visible_name: 'x'.repeat(31) }, 'invalid_visible_name'],
  ['a biography of 81', { requested_biography: 'x'.repeat(81) }, 'biography_too_long'],
  ['a picture that is no URL', { requested_profile_picture_url: 'new-photo' }, 'invalid_url'],
  ['a link on TikTok', { requested_link_in_bio: 'https://a.example' }, 'link_in_bio_instagram_only'],
  ['an unknown member', { requested_bio: 'x' }, 'validation_error'],
]
for (const [what, over, code] of bad) {
  test(`refused before anything else: ${what}`, async () => {
    // Without an order, so that the refusal shows that the value was looked at first.
    const answer = await p().edit(await savedAccount(p().server, null), over)
    assert.equal(answer.status, 400)
    assert.equal(errorOf(answer).code, code)
    assert.equal(errorOf(answer).details?.length, 1)
  })
}

for (const [path, reason] of [
  ['/gone', 'picture_unreachable'],
  ['/text', 'picture_not_an_image'],
] as const) {
  test(`a picture that fails is invalid_url with the reason, and nothing is charged: ${reason}`, async () => {
    await p().grant(8)
    const before = await p().balance()
    const answer = await p().edit(await account(), { requested_profile_picture_url: p().pictures.url(path) })
    assert.equal(answer.status, 400)
    assert.deepEqual([errorOf(answer).code, errorOf(answer)['reason']], ['invalid_url', reason])
    assert.equal(await p().balance(), before)
  })
}

test('EDIT_REQUEST_NO_ACTIVE_ORDER, also before the missing credits', async () => {
  const answer = await p().edit(await savedAccount(p().server, null))
  assert.deepEqual([answer.status, errorOf(answer).code], [400, 'EDIT_REQUEST_NO_ACTIVE_ORDER'])
})

test('EDIT_REQUEST_NO_CM once the manager is deactivated', async () => {
  const leaving = await testManager(p().server, p().server.team)
  const id = await savedAccount(p().server, leaving.id)
  await deactivateManager(p().server.ctx, leaving.name)
  const answer = await p().edit(id)
  assert.deepEqual([answer.status, errorOf(answer).code], [400, 'EDIT_REQUEST_NO_CM'])
})

test('EDIT_REQUEST_ALREADY_EXISTS while one is pending, in progress or in review; of ten at once one is taken', async () => {
  await p().grant(80)
  const id = await account()
  const answers = await Promise.all(Array.from({ length: 10 }, () => p().edit(id)))
  const [taken, ...others] = answers.toSorted((a, b) => a.status - b.status)
  assert.ok(taken)
  const request = dataOf(taken)['edit_request_id'] as string
  for (const answer of others) assert.deepEqual([answer.status, errorOf(answer).code], [409, 'EDIT_REQUEST_ALREADY_EXISTS'])
  const work = await p().work({ request }, 'edit_request')
  for (const verb of ['start', 'submit']) {
    await p().doWork(work, verb, verb === 'submit' ? {} : undefined)
    assert.equal((await p().edit(id)).status, 409)
  }
  dataOf(await p().request('POST', `/api/ext/accounts/${id}/edit-request/${request}/approve`))
  assert.equal((await p().edit(id)).status, 201)
})

test('username_taken before the debit', async () => {
  const other = await account()
  const { username } = await p()
    .server.ctx.db.selectFrom('profiles')
    .select('username')
    .where('id', '=', other)
    .executeTakeFirstOrThrow()
  await p().grant(8)
  const before = await p().balance()
  const answer = await p().edit(await account(), { requested_username: username.toUpperCase() })
  assert.deepEqual([answer.status, errorOf(answer).code], [409, 'username_taken'])
  assert.equal(await p().balance(), before)
})

test('INSUFFICIENT_CREDITS, last of all', async () => {
  const team = await testTeam(p().server.ctx, 'poor')
  const manager = await testManager(p().server, team)
  const id = await savedAccount(p().server, manager.id, { team })
  const headers = { 'x-api-key': team.key }
  await p().grant(7, team)
  const poor = await p().edit(id, {}, headers)
  assert.equal(poor.status, 402)
  assert.equal(errorOf(poor).code, 'INSUFFICIENT_CREDITS')
  assert.deepEqual([errorOf(poor)['required'], errorOf(poor)['available'], errorOf(poor)['missing']], [8, 7, 1])
  assert.deepEqual(rowsOf(await p().request('GET', `/api/ext/accounts/${id}/edit-request`, undefined, headers)), [])
  await p().grant(1, team)
  assert.equal((await p().edit(id, {}, headers)).status, 201)
  assert.equal(errorOf(await p().edit(id, {}, headers)).code, 'EDIT_REQUEST_ALREADY_EXISTS')
})

test('a dry run tells the price and charges nothing', async () => {
  await p().grant(8)
  const before = await p().balance()
  const id = await account()
  const answer = await p().edit(id, {}, { 'x-dry-run': 'true' })
  assert.equal(answer.status, 201)
  const { data, ...rest } = bodyOf(answer)
  assert.equal((data as Record<string, unknown>)['edit_request_id'], null)
  assert.deepEqual(rest, { credits_charged: 0, credits_would_charge: 8, credits_remaining: before, dry_run: true })
  assert.equal(await p().balance(), before)
  assert.deepEqual(rowsOf(await p().request('GET', `/api/ext/accounts/${id}/edit-request`)), [])
})

test('an Idempotency-Key is paid once', async () => {
  await p().grant(16)
  const id = await account()
  const before = await p().balance()
  const body = editBody()
  const [first, again] = [
    await p().edit(id, body, { 'idempotency-key': 'k5' }),
    await p().edit(id, body, { 'idempotency-key': 'k5' }),
  ]
  assert.deepEqual([again.status, again.body], [first.status, first.body])
  assert.equal(again.headers.get('idempotent-replayed'), 'true')
  assert.equal(await p().balance(), before - 8)
  const other = await p().edit(id, editBody(), { 'idempotency-key': 'k5' })
  assert.deepEqual([other.status, errorOf(other).code], [422, 'idempotency_key_reused'])
})
