import assert from 'node:assert/strict'
import { test } from 'node:test'
import { finalizeDueReviews } from '../../../src/domain/reviews/finalize-due.ts'
import { testTeam } from '../../support/croft.ts'
import { bodyOf, dataOf, errorOf, newBundle, portal, rowsOf, savedAccount, testManager } from './support.ts'

const p = portal()
const hour = 3_600_000

async function eventsOf(bundle: string): Promise<string[]> {
  const rows = await p().server.ctx.db.selectFrom('events').select(['type', 'data']).orderBy('seq').execute()
  return rows.filter(({ type, data }) => type.startsWith('bundle.') && data['bundle_id'] === bundle).map(({ type }) => type)
}

async function refused(id: string, path: string, status: string, body?: unknown): Promise<void> {
  const answer = await p().request('POST', `/api/ext/bundles/${id}/${path}`, body)
  assert.equal(answer.status, 409, path)
  assert.deepEqual([errorOf(answer).code, errorOf(answer)['status']], ['invalid_status', status])
}

test('creating one charges it, and answers both ids', async () => {
  await p().grant(100)
  const before = await p().balance()
  const answer = await p().request('POST', '/api/ext/bundles', {
    ...newBundle.account_and_videos,
    title: 'Spring',
    external_ref: 'r-1',
  })
  const data = dataOf(answer)
  assert.equal(answer.status, 201)
  assert.equal(data['id'], data['bundle_id'])
  assert.deepEqual([data['status'], data['account_status'], data['auto_finalize_videos']], ['pending_setup', 'pending', true])
  assert.deepEqual([bodyOf(answer)['credits_charged'], bodyOf(answer)['credits_remaining']], [36, before - 36])
  assert.equal(await p().balance(), before - 36)
  const videos = rowsOf(await p().request('GET', `/api/ext/bundles/${String(data['id'])}/videos`))
  assert.deepEqual(
    videos.map(({ position, status }) => [position, status]),
    [
      [1, 'pending'],
      [2, 'pending'],
    ],
  )
})

const bad: [string, Record<string, unknown>, string[]][] = [
  ['no owner', { owner: undefined }, ['owner']],
  ['a blank owner', { owner: ' ' }, ['owner']],
  ['no country', { country: undefined }, ['country']],
  ['a country that does not exist', { country: 'zz' }, ['country']],
  ['an unknown platform', { platform: 'youtube' }, ['platform']],
  ['a country that is a word', { country: 'France' }, ['country']],
  ['an unknown type', { bundle_type: 'everything' }, ['bundle_type']],
  ['videos of an account_only', { videos_quantity: 1 }, ['videos_quantity']],
  ['account_and_videos without videos', { bundle_type: 'account_and_videos' }, ['videos_quantity']],
  ['half a video', { bundle_type: 'account_and_videos', videos_quantity: 1.5 }, ['videos_quantity']],
  ['an account_id of account_only', { account_id: '0193a1b2-5e4f-7a3b-9c2d-1e0f9a8b7c6d' }, ['account_id']],
  ['videos_only without an account', { bundle_type: 'videos_only', videos_quantity: 1 }, ['account_id']],
  ['a misspelt member', { extrenal_ref: 'x' }, ['extrenal_ref']],
]
for (const [what, over, paths] of bad) {
  test(`refused: ${what}`, async () => {
    const before = await p().balance()
    const answer = await p().request('POST', '/api/ext/bundles', { ...newBundle.account_only, ...over })
    assert.equal(answer.status, 400)
    assert.equal(errorOf(answer).code, 'validation_error')
    assert.deepEqual(
      errorOf(answer).details?.map(({ path }) => path),
      paths,
    )
    assert.equal(await p().balance(), before)
  })
}

test('without credits there is no bundle', async () => {
  const team = await testTeam(p().server.ctx, 'no credits')
  const headers = { 'x-api-key': team.key }
  const answer = await p().request('POST', '/api/ext/bundles', newBundle.account_only, headers)
  assert.deepEqual([answer.status, errorOf(answer).code], [402, 'INSUFFICIENT_CREDITS'])
  assert.deepEqual(rowsOf(await p().request('GET', '/api/ext/bundles', undefined, headers)), [])
})

test('a dry run tells the price, makes no id and charges nothing', async () => {
  await p().grant(40)
  const before = await p().balance()
  const answer = await p().request('POST', '/api/ext/bundles', newBundle.account_only, { 'x-dry-run': 'true' })
  const { data, ...rest } = bodyOf(answer)
  assert.deepEqual(rest, { credits_charged: 0, credits_would_charge: 32, credits_remaining: before, dry_run: true })
  assert.deepEqual([(data as Record<string, unknown>)['id'], (data as Record<string, unknown>)['bundle_id']], [null, null])
  assert.equal(await p().balance(), before)
})

test('the list takes filters and pages', async () => {
  const team = await testTeam(p().server.ctx, 'lists')
  const headers = { 'x-api-key': team.key }
  await p().grant(200, team)
  for (const over of [{}, { external_ref: 'a' }, { ...newBundle.account_and_videos, external_ref: 'b' }])
    dataOf(await p().request('POST', '/api/ext/bundles', { ...newBundle.account_only, ...over }, headers))
  const count = async (query: string) =>
    (bodyOf(await p().request('GET', `/api/ext/bundles?${query}`, undefined, headers))['pagination'] as { total: number }).total
  assert.equal(await count(''), 3)
  assert.equal(await count('external_ref=a'), 1)
  assert.equal(await count('platform=instagram'), 1)
  assert.equal(await count('bundle_type=account_only&status=pending_setup&account_status=pending'), 2)
  assert.equal(await count('status=published'), 0)
  const page = rowsOf(await p().request('GET', '/api/ext/bundles?page=2&per_page=2', undefined, headers))
  assert.deepEqual(
    page.map((row) => row['external_ref']),
    [null],
  )
  assert.equal((await p().request('GET', '/api/ext/bundles?status=done', undefined, headers)).status, 400)
})

test('readiness and publish tell every blocker at once', async () => {
  const id = await p().order(newBundle.account_and_videos)
  const readiness = dataOf(await p().request('GET', `/api/ext/bundles/${id}/publish-readiness`))
  assert.equal(readiness['ready'], false)
  const codes = (readiness['blockers'] as { code: string }[]).map(({ code }) => code)
  assert.deepEqual(codes, ['account_not_configured', 'video_not_configured', 'video_not_configured'])
  const answer = await p().request('POST', `/api/ext/bundles/${id}/publish`)
  assert.deepEqual([answer.status, errorOf(answer).code], [409, 'invalid_status'])
  assert.deepEqual(errorOf(answer).details, readiness['blockers'])
})

test('a picture that cannot be fetched and a username that is taken stand in the way of a publish', async () => {
  const account = await savedAccount(p().server, null)
  const { username } = await p()
    .server.ctx.db.selectFrom('profiles')
    .select('username')
    .where('id', '=', account)
    .executeTakeFirstOrThrow()
  const id = await p().order()
  dataOf(await p().configure(id, { username, profile_picture_url: p().pictures.url('/gone') }))
  const answer = await p().request('POST', `/api/ext/bundles/${id}/publish`)
  assert.deepEqual(
    (errorOf(answer).details as unknown as { code: string; path: string }[]).map(({ code, path }) => [code, path]),
    [
      ['username_taken', 'account.username'],
      ['picture_unreachable', 'account.profile_picture_url'],
    ],
  )
  dataOf(await p().configure(id))
  await p().act(id, 'publish')
})

test('the whole way of an account: published, accepted, reviewed, corrected, delivered, closed', async () => {
  const id = await p().published()
  const work = await p().work({ bundle: id }, 'account_setup')
  await p().doWork(work, 'claim')
  let bundle = await p().get(id)
  assert.deepEqual([bundle['status'], bundle['account_status']], ['accepted', 'accepted'])
  assert.deepEqual(bundle['manager'], { id: p().manager.id, name: p().manager.name })
  for (const path of ['unpublish', 'cancel', 'publish', 'close']) await refused(id, path, 'accepted')
  await refused(id, 'account/finalize', 'accepted')
  await p().doWork(work, 'start')
  await p().doWork(work, 'submit', { note: 'Done.', values: { phone_name: 'Rack 1' } })
  assert.equal((await p().get(id))['account_status'], 'in_review')
  bundle = await p().act(id, 'account/corrections', { comment: 'The name is wrong.', fields: ['visible_name'] })
  assert.equal(bundle['account_status'], 'pending_corrections')
  await refused(id, 'account/corrections', 'pending_corrections', { comment: 'Again.' })
  const returned = bodyOf(await p().manager.request('GET', `/v1/work/${work}`))
  assert.deepEqual([returned['status'], returned['feedback']], ['returned', 'The name is wrong.\nFields: visible_name'])
  await p().doWork(work, 'start')
  await p().doWork(work, 'submit', { values: { username: 'better.than.ordered' } })
  bundle = await p().act(id, 'account/finalize')
  assert.deepEqual([bundle['status'], bundle['account_status']], ['completed', 'finalized'])
  const account = bodyOf(await p().request('GET', `/v1/farm-profiles/${String(bundle['account_id'])}`))
  assert.deepEqual([account['status'], account['driver']], ['cold', 'operator'])
  assert.equal(account['bio'], 'Daily street fashion from New York City.')
  assert.equal(account['tiktok_username'], 'better.than.ordered')
  const phone = bodyOf(await p().request('GET', `/v1/phones/${String(account['phone_id'])}`))
  assert.deepEqual([phone['name'], phone['driver']], ['Rack 1', 'operator'])
  assert.ok(account['profile_picture_url'])
  assert.equal(bodyOf(await p().manager.request('GET', `/v1/work/${work}`))['status'], 'done')
  await refused(id, 'account/corrections', 'finalized', { comment: 'Too late.' })
  await refused(id, 'account/finalize', 'finalized')
  assert.equal((await p().act(id, 'close'))['status'], 'completed')
  await refused(id, 'close', 'completed')
  const edit = await p().edit(String(bundle['account_id']))
  assert.equal(errorOf(edit).code, 'EDIT_REQUEST_NO_ACTIVE_ORDER')
  assert.deepEqual(await eventsOf(id), [
    'bundle.created',
    'bundle.configured',
    'bundle.published',
    'bundle.accepted',
    'bundle.account_in_review',
    'bundle.account_corrections',
    'bundle.account_in_review',
    'bundle.account_finalized',
    'bundle.finalized',
    'bundle.completed',
    'bundle.closed',
  ])
})

test('the team sees the screenshot of a set-up, and the set-up can be handed in anew until it is reviewed', async () => {
  const id = await p().published({ ...newBundle.account_only, platform: 'instagram' })
  const shot = () => p().request('GET', `/api/ext/bundles/${id}/account/screenshot`)
  assert.deepEqual([(await shot()).status, errorOf(await shot()).code], [404, 'media_not_found'])
  const work = await p().work({ bundle: id }, 'account_setup')
  await p().doWork(work, 'start')
  await p().doWork(work, 'submit', { note: 'First.' })
  await p().doWork(work, 'submit', { note: 'Second.', values: { biography: null, link_in_bio: 'https://acme.example/' } })
  const said = (await p().get(id))['account_submission'] as Record<string, unknown>
  const values = { phone_name: 'Rack 1', biography: null, link_in_bio: 'https://acme.example/' }
  assert.deepEqual([said['note'], said['values']], ['Second.', values])
  const seen = await shot()
  assert.match(`${seen.status} ${seen.headers.get('content-type') ?? ''}`, /^200 image\//)
  const other = await testTeam(p().server.ctx, 'other of screenshots')
  const theirs = await p().request('GET', `/api/ext/bundles/${id}/account/screenshot`, undefined, { 'x-api-key': other.key })
  assert.deepEqual([theirs.status, errorOf(theirs).code], [404, 'bundle_not_found'])
  const account = String((await p().act(id, 'account/finalize'))['account_id'])
  const read = bodyOf(await p().request('GET', `/v1/accounts/${account}`))
  assert.deepEqual([read['bio'], read['linkInBio']], [null, 'https://acme.example/'])
})

test('canceling gives the credits back, once, from each status before a manager takes it', async () => {
  const made = [await p().order(), await p().order(), await p().published()]
  dataOf(await p().configure(made[1] ?? ''))
  for (const id of made) {
    const before = await p().balance()
    const bundle = await p().act(id, 'cancel')
    assert.deepEqual([bundle['status'], bundle['account_status']], ['canceled', 'canceled'])
    assert.equal(await p().balance(), before + 32)
    const [refund, ...rest] = rowsOf(await p().request('GET', '/api/ext/credits/history?per_page=100'))
    const debit = rest.find(({ id: entry }) => entry === refund?.['refers_to'])
    assert.deepEqual([refund?.['type'], refund?.['amount'], debit?.['amount']], ['refund', 32, -32])
    await refused(id, 'cancel', 'canceled')
    assert.equal((await p().configure(id)).status, 409)
    assert.equal(await p().balance(), before + 32)
  }
})

test('a canceled or unpublished bundle leaves the queue', async () => {
  const id = await p().published()
  const work = await p().work({ bundle: id }, 'account_setup')
  await p().act(id, 'unpublish')
  assert.equal((await p().manager.request('POST', `/v1/work/${work}/claim`)).status, 409)
  assert.deepEqual([(await p().get(id))['status'], (await p().get(id))['published_at']], ['configured', null])
  await p().act(id, 'publish')
})

test('of a claim and a cancel at once one comes first, and the credits agree', async () => {
  for (let round = 0; round < 5; round += 1) {
    const id = await p().published()
    const work = await p().work({ bundle: id }, 'account_setup')
    const before = await p().balance()
    const [claim, cancel] = await Promise.all([
      p().manager.request('POST', `/v1/work/${work}/claim`),
      p().request('POST', `/api/ext/bundles/${id}/cancel`),
    ])
    assert.deepEqual([claim.status, cancel.status].sort(), [200, 409])
    assert.equal((await p().get(id))['status'], cancel.status === 200 ? 'canceled' : 'accepted')
    assert.equal(await p().balance(), before + (cancel.status === 200 ? 32 : 0))
  }
})

test('of two finalizes at once one delivers', async () => {
  const id = await p().inReview()
  const answers = await Promise.all([1, 2].map(() => p().request('POST', `/api/ext/bundles/${id}/account/finalize`)))
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409])
  const orders = await p().server.ctx.db.selectFrom('orders').select('id').where('bundle_id', '=', id).execute()
  assert.equal(orders.length, 1)
})

test('a username that a living profile got meanwhile is 409 at the finalize, and nothing is delivered', async () => {
  const [first, second] = [await p().order(), await p().order()]
  for (const id of [first, second]) dataOf(await p().configure(id, { username: 'both.want.it' }))
  for (const id of [first, second]) await p().act(id, 'publish')
  for (const id of [first, second]) {
    const work = await p().work({ bundle: id }, 'account_setup')
    await p().doWork(work, 'start')
    await p().doWork(work, 'submit', { values: { phone_name: 'Rack 1' } })
  }
  await p().act(first, 'account/finalize')
  const answer = await p().request('POST', `/api/ext/bundles/${second}/account/finalize`)
  assert.deepEqual([answer.status, errorOf(answer).code], [409, 'username_taken'])
  assert.equal((await p().get(second))['account_status'], 'in_review')
  p().server.clock.forward(73 * hour)
  await finalizeDueReviews(p().server.ctx)
  assert.equal((await p().get(second))['account_status'], 'in_review')
  assert.ok((await eventsOf(second)).includes('bundle.finalize_failed'))
  await p().act(second, 'account/corrections', { comment: 'Another username, please.' })
})

test('what nobody reviews is finalized after 72 hours, and not before; what was handed in anew waits anew', async () => {
  const id = await p().inReview()
  p().server.clock.forward(72 * hour - 1)
  await finalizeDueReviews(p().server.ctx)
  assert.equal((await p().get(id))['account_status'], 'in_review')
  const other = await p().inReview()
  p().server.clock.forward(1)
  assert.equal(await finalizeDueReviews(p().server.ctx), 1)
  assert.equal((await p().get(id))['status'], 'completed')
  assert.equal((await p().get(other))['account_status'], 'in_review')
})

test('a manager’s values keep to the rules, and one who could not do it is heard', async () => {
  const id = await p().published()
  const work = await p().work({ bundle: id }, 'account_setup')
  await p().doWork(work, 'start')
  const answer = await p().manager.request('POST', `/v1/work/${work}/submit`, {
    values: { username: 'not ok', age: 3, phone_name: 'Rack 1' },
  })
  assert.equal(answer.status, 422)
  assert.deepEqual(
    errorOf(answer).details?.map(({ path }) => path),
    ['values.age', 'values.username', 'screenshot_media_id'],
  )
  await p().doWork(work, 'fail', { code: 'owner_away', message: 'The owner did not answer.' })
  assert.ok((await eventsOf(id)).includes('bundle.work_failed'))
  const second = await testManager(p().server, p().server.team)
  assert.equal((await second.request('POST', `/v1/work/${work}/claim`)).status, 200)
  assert.deepEqual((await p().get(id))['manager'], { id: second.id, name: second.name })
})
