import assert from 'node:assert/strict'
import { test } from 'node:test'
import { finalizeDueReviews } from '../../../src/domain/reviews/finalize-due.ts'
import { lapseClaims } from '../../../src/people/lapse.ts'
import type { TestAnswer } from '../../support/croft.ts'
import { testTeam } from '../../support/croft.ts'
import { bodyOf, dataOf, errorOf, fallSilent, portal, rowsOf, savedAccount, testManager } from './support.ts'

const p = portal()
const hour = 3_600_000

interface Ordered {
  account: string
  request: string
  work: string
}

async function ordered(over: Record<string, unknown> = {}): Promise<Ordered> {
  await p().grant(8)
  const account = await savedAccount(p().server, p().manager.id)
  const request = dataOf(await p().edit(account, over))['edit_request_id'] as string
  return { account, request, work: await p().work({ request }, 'edit_request') }
}

async function inReview(over: Record<string, unknown> = {}): Promise<Ordered> {
  const made = await ordered(over)
  await p().doWork(made.work, 'start')
  await p().doWork(made.work, 'submit', {})
  return made
}

const act = ({ account, request }: Ordered, verb: string, body?: unknown): Promise<TestAnswer> =>
  p().request('POST', `/api/ext/accounts/${account}/edit-request/${request}/${verb}`, body)

async function rowOf({ account }: Ordered): Promise<Record<string, unknown>> {
  const [row] = rowsOf(await p().request('GET', `/api/ext/accounts/${account}/edit-request`))
  assert.ok(row)
  return row
}

const profileOf = async ({ account }: Ordered) => bodyOf(await p().request('GET', `/v1/farm-profiles/${account}`))

function refused(answer: TestAnswer, status: string): void {
  assert.equal(answer.status, 409)
  assert.deepEqual([errorOf(answer).code, errorOf(answer)['status']], ['invalid_status', status])
}

test('the whole way: started, handed in, sent back, handed in, approved; then the stored values are the new ones', async () => {
  const made = await ordered({
    requested_username: 'renamed.by.hand',
    requested_biography: 'New bio',
    requested_profile_picture_url: p().pictures.url('/new.png'),
  })
  assert.equal((await rowOf(made))['status'], 'pending')
  refused(await act(made, 'approve'), 'pending')
  refused(await act(made, 'request-changes', { feedback: 'No.' }), 'pending')
  await p().doWork(made.work, 'start')
  assert.equal((await rowOf(made))['status'], 'in_progress')
  refused(await act(made, 'cancel'), 'in_progress')
  await p().doWork(made.work, 'submit', { note: 'Done.' })
  assert.equal((await rowOf(made))['status'], 'in_review')
  assert.notEqual((await profileOf(made))['tiktok_username'], 'renamed.by.hand')
  const back = dataOf(await act(made, 'request-changes', { feedback: 'The picture is dark.' }))
  assert.deepEqual([back['status'], back['feedback']], ['in_progress', 'The picture is dark.'])
  assert.equal(bodyOf(await p().manager.request('GET', `/v1/work/${made.work}`))['feedback'], 'The picture is dark.')
  await p().doWork(made.work, 'start')
  await p().doWork(made.work, 'submit', {})
  const done = dataOf(await act(made, 'approve'))
  assert.deepEqual([done['status'], done['finalized_at']], ['finalized', p().server.clock.now().toISOString()])
  const profile = await profileOf(made)
  assert.deepEqual([profile['tiktok_username'], profile['bio']], ['renamed.by.hand', 'New bio'])
  assert.ok(profile['profile_picture_url'])
  const edits = await p()
    .server.ctx.db.selectFrom('tasks')
    .select('id')
    .where('profile_id', '=', made.account)
    .where('kind', '=', 'profile_edit')
    .execute()
  assert.deepEqual(edits, [])
  refused(await act(made, 'approve'), 'finalized')
  refused(await act(made, 'request-changes', { feedback: 'Too late.' }), 'finalized')
  refused(await act(made, 'cancel'), 'finalized')
})

test('it stands in the queue of its account’s manager alone', async () => {
  const other = await testManager(p().server, p().server.team)
  const made = await ordered()
  const listed = async (manager: typeof other) =>
    (bodyOf(await manager.request('GET', '/v1/work?limit=100'))['items'] as { work_id: string }[]).some(
      ({ work_id }) => work_id === made.work,
    )
  assert.deepEqual([await listed(p().manager), await listed(other)], [true, false])
  assert.notEqual((await other.request('POST', `/v1/work/${made.work}/claim`)).status, 200)
})

test('what is null stays, and an empty biography clears it', async () => {
  const made = await inReview({ requested_biography: 'Something' })
  dataOf(await act(made, 'approve'))
  const second = await p()
    .grant(8)
    .then(() => p().edit(made.account, {}))
  const request = dataOf(second)['edit_request_id'] as string
  const again = { account: made.account, request, work: await p().work({ request }, 'edit_request') }
  await p().doWork(again.work, 'start')
  await p().doWork(again.work, 'submit', {})
  dataOf(await act(again, 'approve'))
  assert.equal((await profileOf(again))['bio'], 'Something')
  await p().grant(8)
  const third = dataOf(await p().edit(made.account, { requested_biography: '' }))['edit_request_id'] as string
  const last = { account: made.account, request: third, work: await p().work({ request: third }, 'edit_request') }
  await p().doWork(last.work, 'start')
  await p().doWork(last.work, 'submit', {})
  dataOf(await act(last, 'approve'))
  assert.equal((await profileOf(last))['bio'], null)
  assert.deepEqual(
    rowsOf(await p().request('GET', `/api/ext/accounts/${made.account}/edit-request`)).map(({ id }) => id),
    [third, request, made.request],
  )
})

test('canceling while pending gives the credits back, and makes room for another', async () => {
  const made = await ordered()
  const before = await p().balance()
  assert.equal(dataOf(await act(made, 'cancel'))['status'], 'canceled')
  assert.equal(await p().balance(), before + 8)
  refused(await act(made, 'cancel'), 'canceled')
  assert.equal(await p().balance(), before + 8)
  assert.equal((await p().manager.request('POST', `/v1/work/${made.work}/start`)).status, 409)
  assert.equal((await p().edit(made.account)).status, 201)
})

test('of a start and a cancel at once one comes first, and the credits agree', async () => {
  for (let round = 0; round < 5; round += 1) {
    const made = await ordered()
    const before = await p().balance()
    const [start, cancel] = await Promise.all([p().manager.request('POST', `/v1/work/${made.work}/start`), act(made, 'cancel')])
    assert.deepEqual([start.status, cancel.status].sort(), [200, 409])
    assert.equal(await p().balance(), before + (cancel.status === 200 ? 8 : 0))
  }
})

test('what was handed in is the team’s to see: values, note and screenshot; the evidence is asked for', async () => {
  const made = await ordered({ requested_biography: 'As ordered' })
  assert.ok(!('submission' in (await rowOf(made))))
  const shot = (key?: string) =>
    p().request(
      'GET',
      `/api/ext/accounts/${made.account}/edit-request/${made.request}/screenshot`,
      undefined,
      key === undefined ? undefined : { 'x-api-key': key },
    )
  assert.deepEqual([(await shot()).status, errorOf(await shot()).code], [404, 'media_not_found'])
  await p().doWork(made.work, 'start')
  const submit = (body: object) => p().manager.request('POST', `/v1/work/${made.work}/submit`, body)
  const without = await submit({ note: 'Done.', values: { biography: 5, nick: 'x', username: 'not ok' } })
  assert.equal(without.status, 422)
  const named = errorOf(without).details?.map(({ path }) => path)
  assert.deepEqual(named, ['values.biography', 'values.nick', 'values.username', 'screenshot_media_id'])
  assert.equal((await rowOf(made))['status'], 'in_progress')
  const values = { visible_name: 'As the app took it', biography: null }
  await p().doWork(made.work, 'submit', { note: 'The app shortens names.', values })
  const { submission } = await rowOf(made)
  const { screenshot_media_id, ...said } = submission as Record<string, unknown>
  assert.deepEqual(said, { values, note: 'The app shortens names.', submitted_at: p().server.clock.now().toISOString() })
  assert.ok(screenshot_media_id)
  const seen = await shot()
  assert.equal(seen.status, 200)
  assert.match(seen.headers.get('content-type') ?? '', /^image\/(jpeg|png|webp)$/)
  assert.deepEqual(
    ['x-content-type-options', 'content-security-policy', 'cache-control'].map((name) => seen.headers.get(name)),
    ['nosniff', "default-src 'none'; sandbox", 'private, no-store'],
  )
  const other = await testTeam(p().server.ctx, 'other of screenshots')
  assert.deepEqual([(await shot(other.key)).status, (await shot('')).status], [403, 401])
  assert.equal((await shot(p().manager.key)).status, 403)
  const row = dataOf(await act(made, 'approve'))
  assert.deepEqual([row['requested_biography'], row['requested_visible_name']], ['As ordered', 'New Display Name'])
  // What the manager said was set is what is stored.
  const account = bodyOf(await p().request('GET', `/v1/accounts/${made.account}`))
  assert.deepEqual([account['name'], account['bio']], ['As the app took it', null])
})

test('a hand-in can be amended by its manager until it is reviewed, and the review begins anew', async () => {
  const made = await inReview()
  const other = await testManager(p().server, p().server.team)
  assert.notEqual((await other.request('POST', `/v1/work/${made.work}/submit`, {})).status, 200)
  p().server.clock.forward(71 * hour)
  const first = (await rowOf(made))['submission'] as { screenshot_media_id: string }
  assert.equal((await p().doWork(made.work, 'submit', { note: 'A better picture.' }))['status'], 'submitted')
  const second = (await rowOf(made))['submission'] as { screenshot_media_id: string; note: string }
  assert.notEqual(second.screenshot_media_id, first.screenshot_media_id)
  p().server.clock.forward(2 * hour)
  await finalizeDueReviews(p().server.ctx)
  assert.deepEqual([(await rowOf(made))['status'], second.note], ['in_review', 'A better picture.'])
  dataOf(await act(made, 'approve'))
  const late = await p().manager.request('POST', `/v1/work/${made.work}/submit`, {
    screenshot_media_id: first.screenshot_media_id,
  })
  assert.deepEqual([late.status, errorOf(late)['status']], [409, 'done'])
})

test('what was reported holds too where nobody reviews it, and the link can be read', async () => {
  await p().grant(8)
  const account = await savedAccount(p().server, p().manager.id, { platform: 'instagram' })
  const link = 'https://acme.example/menu'
  const request = dataOf(await p().edit(account, { requested_link_in_bio: link }))['edit_request_id'] as string
  const work = await p().work({ request }, 'edit_request')
  await p().doWork(work, 'start')
  await p().doWork(work, 'submit', { values: { username: 'taken.otherwise', link_in_bio: `${link}?from=bio` } })
  p().server.clock.forward(72 * hour)
  await finalizeDueReviews(p().server.ctx)
  const read = bodyOf(await p().request('GET', `/v1/accounts/${account}`))
  assert.deepEqual([read['username'], read['linkInBio']], ['taken.otherwise', `${link}?from=bio`])
})

test('a manager who cannot do it gives it back: pending again, with the reason, and it may be canceled', async () => {
  const made = await ordered()
  await p().doWork(made.work, 'start')
  await p().doWork(made.work, 'fail', { code: 'name_refused', message: 'The platform refuses this name.' })
  const row = await rowOf(made)
  assert.deepEqual([row['status'], row['feedback']], ['pending', 'The platform refuses this name.'])
  assert.equal(dataOf(await act(made, 'cancel'))['status'], 'canceled')
})

test('a claim that lapses leaves it in progress, and the work may be taken again', async () => {
  const made = await ordered()
  await p().doWork(made.work, 'start')
  await fallSilent(p().server.ctx, made.work)
  await lapseClaims(p().server.ctx)
  assert.equal((await rowOf(made))['status'], 'in_progress')
  await p().doWork(made.work, 'start')
  await p().doWork(made.work, 'submit', {})
  assert.equal((await rowOf(made))['status'], 'in_review')
})

test('what nobody reviews is finalized after 72 hours, and not before', async () => {
  const made = await inReview({ requested_biography: 'After three days' })
  p().server.clock.forward(72 * hour - 1)
  await finalizeDueReviews(p().server.ctx)
  assert.equal((await rowOf(made))['status'], 'in_review')
  p().server.clock.forward(1)
  await finalizeDueReviews(p().server.ctx)
  assert.equal((await rowOf(made))['status'], 'finalized')
  assert.equal((await profileOf(made))['bio'], 'After three days')
})

test('of two approvals at once one counts', async () => {
  const made = await inReview()
  const answers = await Promise.all([act(made, 'approve'), act(made, 'approve')])
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409])
})

test('a username that another got meanwhile is 409 at the approval, and the request stays in review', async () => {
  const [first, second] = [
    await inReview({ requested_username: 'wanted.twice' }),
    await inReview({ requested_username: 'wanted.twice' }),
  ]
  dataOf(await act(first, 'approve'))
  const answer = await act(second, 'approve')
  assert.deepEqual([answer.status, errorOf(answer).code], [409, 'username_taken'])
  assert.equal((await rowOf(second))['status'], 'in_review')
})

for (const reach of ['pending', 'in_progress', 'in_review']) {
  test(`deactivating the account cancels its request that is ${reach}, refunded, and ends its order`, async () => {
    const made = reach === 'in_review' ? await inReview() : await ordered()
    if (reach === 'in_progress') await p().doWork(made.work, 'start')
    const before = await p().balance()
    assert.equal((await p().request('POST', `/v1/farm-profiles/${made.account}/deactivate`)).status, 200)
    assert.equal((await rowOf(made))['status'], 'canceled')
    assert.equal(await p().balance(), before + 8)
    assert.notEqual((await p().manager.request('POST', `/v1/work/${made.work}/start`)).status, 200)
    const again = await p().edit(made.account)
    assert.equal(errorOf(again).code, 'EDIT_REQUEST_NO_ACTIVE_ORDER')
  })
}

test('an edit request under way keeps its bundle from being closed', async () => {
  await p().grant(8)
  const account = await p().delivered()
  const [bundle] = rowsOf(await p().request('GET', `/api/ext/bundles?account_id=${account}`))
  const request = dataOf(await p().edit(account))['edit_request_id'] as string
  const closing = await p().request('POST', `/api/ext/bundles/${String(bundle?.['id'])}/close`)
  refused(closing, 'pending')
  dataOf(await p().request('POST', `/api/ext/accounts/${account}/edit-request/${request}/cancel`))
  await p().act(String(bundle?.['id']), 'close')
})

test('feedback that is none, and requests that are none', async () => {
  const made = await inReview()
  for (const body of [{}, { feedback: '' }, { feedback: 5 }, { feedback: 'x', more: 1 }]) {
    const answer = await act(made, 'request-changes', body)
    assert.deepEqual([answer.status, errorOf(answer).code], [400, 'validation_error'])
  }
  const other = await inReview()
  for (const request of ['req_1', '0193a1b2-5e4f-7a3b-9c2d-1e0f9a8b7c6d', other.request]) {
    const answer = await act({ ...made, request }, 'approve')
    assert.deepEqual([answer.status, errorOf(answer).code], [404, 'edit_request_not_found'])
  }
})
