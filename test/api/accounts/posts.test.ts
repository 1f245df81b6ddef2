import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { testTeam } from '../../support/croft.ts'
import { readyProfile } from '../../support/ready-profile.ts'
import { bodyOf, errorOf, scene, testManager } from '../../people/support.ts'

let server: Awaited<ReturnType<typeof scene>>
let accounts: string[]
before(async () => {
  server = await scene()
  accounts = [
    (await readyProfile(server.ctx, server.team)).id,
    (await readyProfile(server.ctx, server.team, { platform: 'instagram' })).id,
  ]
})
after(() => server.stop())

const contentUrl = 'https://cdn.example.com/v.mp4'
const contentUrls = ['https://cdn.example.com/slides.zip']
const video = (over: object = {}, headers?: Record<string, string>) =>
  server.request('POST', '/v1/posts/video', { accountIds: accounts, contentUrl, ...over }, headers)
const slideshow = (over: object = {}) =>
  server.request('POST', '/v1/posts/slideshow', { accountIds: accounts, contentUrls, ...over })
const postsOf = (answer: Awaited<ReturnType<typeof video>>) => {
  assert.equal(answer.status, 201, JSON.stringify(answer.body))
  return bodyOf(answer)['posts'] as Record<string, unknown>[]
}
const count = async () =>
  (
    await server.ctx.db
      .selectFrom('posts')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow()
  ).n
const pathsOf = (answer: Awaited<ReturnType<typeof video>>) => errorOf(answer).details?.map(({ path }) => path)

test('one post for each account, as the vendor answers them; each can be read', async () => {
  const now = server.clock.now().toISOString()
  const made = postsOf(await video({ caption: 'Rye #bread @mill' }))
  assert.deepEqual(
    made,
    accounts.map((accountId, index) => ({
      postId: made[index]?.['postId'],
      accountId,
      platform: index === 0 ? 'tiktok' : 'instagram',
      status: 'scheduled',
      scheduledTime: now,
      timezone: null,
      createdAt: now,
    })),
  )
  const post = bodyOf(await server.request('GET', `/v1/posts/${String(made[0]?.['postId'])}`))
  assert.deepEqual(
    [post['profile_id'], post['media_type'], post['media_url'], post['title'], post['description']],
    [accounts[0], 'video', contentUrl, 'Rye #bread @mill', ''],
  )
  assert.deepEqual([post['is_live'], post['execute_at'], post['sound_id'], post['webhook_url']], [true, null, null, null])
})

test('a local time in its zone, also where clocks go forward or back', async () => {
  const only = { accountIds: [accounts[0]], soundId: '7100000000000000000' }
  for (const [scheduledTime, timezone, instant] of [
    ['2027-07-15T09:30', 'America/New_York', '2027-07-15T13:30:00.000Z'],
    ['2027-03-14T02:30', 'America/New_York', '2027-03-14T07:30:00.000Z'],
    ['2027-11-07T01:30', 'America/New_York', '2027-11-07T05:30:00.000Z'],
    ['2027-07-15T09:30:00Z', null, '2027-07-15T09:30:00.000Z'],
  ] as const) {
    const [made] = postsOf(await video({ ...only, scheduledTime, timezone }))
    assert.deepEqual([made?.['scheduledTime'], made?.['timezone']], [instant, timezone])
    const post = bodyOf(await server.request('GET', `/v1/posts/${String(made?.['postId'])}`))
    assert.deepEqual([post['execute_at'], post['sound_id']], [Date.parse(instant), '7100000000000000000'])
  }
})

test('every bad value is named as this family names it, and is 400', async () => {
  for (const [over, path] of [
    [{ accountIds: [] }, 'accountIds'],
    [{ accountIds: [accounts[0], accounts[0]] }, 'accountIds'],
    [{ contentUrl: undefined }, 'contentUrl'],
    [{ contentUrl: 'ftp://x.example/v.mp4' }, 'contentUrl'],
    [{ caption: 'x'.repeat(2_201) }, 'caption'],
    [{ captions: 'x' }, 'captions'],
    [{ accountIds: [accounts[0]], soundId: 'snd_12ab' }, 'soundId'],
    [{ soundId: '7100000000000000000' }, 'soundId'],
    [{ scheduledTime: '2027-07-15T09:30' }, 'timezone'],
    [{ scheduledTime: '2027-07-15T09:30', timezone: 'Mars/Olympus' }, 'timezone'],
    [{ timezone: '+01:00' }, 'timezone'],
    [{ scheduledTime: '2027-02-30T09:30', timezone: 'UTC' }, 'scheduledTime'],
    [{ scheduledTime: '2020-01-01T09:30', timezone: 'UTC' }, 'scheduledTime'],
    [{ scheduledTime: '2099-01-01T09:30', timezone: 'UTC' }, 'scheduledTime'],
    [{ scheduledTime: 'tomorrow', timezone: 'UTC' }, 'scheduledTime'],
  ] as const) {
    const answer = await video(over)
    assert.deepEqual([answer.status, pathsOf(answer)], [400, [path]], JSON.stringify([over, answer.body]))
  }
})

test('a slideshow is one zip; what else its vendor takes is refused by name, with what to do', async () => {
  const [made] = postsOf(await slideshow({ caption: 'Rye', renderAsVideo: false }))
  assert.equal(made?.['renderAsVideo'], false)
  const postId = String(made['postId'])
  assert.equal(bodyOf(await server.request('GET', `/v1/posts/${postId}`))['media_type'], 'slideshow')
  const refused = await slideshow({ contentUrls: [...contentUrls, contentUrl], renderAsVideo: true, slideDuration: 4 })
  assert.deepEqual([refused.status, pathsOf(refused)], [400, ['contentUrls', 'renderAsVideo', 'slideDuration']])
  assert.match(errorOf(refused).message, /POST \/v1\/media/)
  assert.deepEqual(pathsOf(await slideshow({ caption: 'x'.repeat(91) })), ['caption'])
  assert.deepEqual(pathsOf(await slideshow({ contentUrls: [] })), ['contentUrls'])
})

test('all are made or none: an unknown account, another team’s, or one that is not ready', async () => {
  const other = await testTeam(server.ctx, 'other of posts')
  const theirs = (await readyProfile(server.ctx, other)).id
  const cold = (await server.request('POST', '/v1/farm-profiles', { username: 'not.ready.yet', email_auth_method: 'google' }))
    .body as { profile_id: string }
  const before = await count()
  for (const [id, status, code] of [
    [theirs, 404, 'account_not_found'],
    ['0193a1b2-9e5f-7061-8c7d-8e9f0a1b2c3d', 404, 'account_not_found'],
    ['acc_1', 404, 'account_not_found'],
    [cold.profile_id, 409, 'profile_not_ready'],
  ] as const) {
    const answer = await video({ accountIds: [...accounts, id] })
    assert.deepEqual([answer.status, errorOf(answer).code, errorOf(answer)['accountId']], [status, code, id])
    assert.match(errorOf(answer).message, /No post was made/)
  }
  assert.equal(await count(), before)
})

test('keys, scopes, dry runs, and once under one Idempotency-Key', async () => {
  const manager = await testManager(server, server.team)
  const reader = await testTeam(server.ctx, 'test', 'read')
  for (const [key, status] of [
    ['', 401],
    [manager.key, 403],
    [reader.key, 403],
  ] as const)
    for (const path of ['video', 'slideshow'])
      assert.equal(
        (await server.request('POST', `/v1/posts/${path}`, { accountIds: accounts }, { 'x-api-key': key })).status,
        status,
      )
  const before = await count()
  const dry = await video({}, { 'x-dry-run': 'true' })
  const [first] = bodyOf(dry)['posts'] as { postId: unknown }[]
  assert.deepEqual([dry.status, bodyOf(dry)['dry_run'], first?.postId], [201, true, null])
  assert.equal(await count(), before)
  const key = { 'idempotency-key': 'video' }
  const [once, again] = [await video({}, key), await video({}, key)]
  assert.deepEqual([again.body, again.headers.get('idempotent-replayed')], [once.body, 'true'])
  assert.equal(await count(), before + accounts.length)
})
