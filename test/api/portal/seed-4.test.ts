import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testTeam } from '../../support/croft.ts'
import { bodyOf, dataOf, errorOf, newBundle, portal } from './support.ts'

const p = portal()
const instagram = { ...newBundle.account_only, platform: 'instagram' }

test('the first example, to the letter', async () => {
  const { request, order, pictures, server } = p()
  const id = await order()
  const body = {
    username: 'streetstyle.nyc',
    visible_name: 'Street Style NYC',
    biography: 'Daily street fashion from New York City.',
    profile_picture_url: pictures.url('/profiles/streetstyle.jpg'),
    niche_warming_instructions: 'Engage with fashion and streetwear content in NYC area.',
  }
  const put = await request('PUT', `/api/ext/bundles/${id}/account`, body)
  const account = { ...body, link_in_bio: null, configured_at: server.clock.now().toISOString() }
  assert.equal(put.status, 200)
  assert.deepEqual(put.body, { data: { id, account } })
  const got = await request('GET', `/api/ext/bundles/${id}/account`)
  assert.equal(got.status, 200)
  assert.deepEqual(got.body, { data: { ...account, status: 'configured' } })
  assert.equal((await p().get(id))['status'], 'configured')
})

test('the second example, café and all', async () => {
  const { request, order, pictures, server } = p()
  const id = await order(instagram)
  const body = {
    username: 'cafe.paris_',
    visible_name: 'Café Paris',
    biography: 'Les meilleurs cafés parisiens.',
    profile_picture_url: pictures.url('/profiles/cafeparis.jpg'),
    link_in_bio: 'https://cafeparis.example.com',
  }
  const put = await request('PUT', `/api/ext/bundles/${id}/account`, body)
  assert.deepEqual(put.body, {
    data: { id, account: { ...body, niche_warming_instructions: null, configured_at: server.clock.now().toISOString() } },
  })
})

test('before any PUT: nulls and pending', async () => {
  const got = await p().request('GET', `/api/ext/bundles/${await p().order()}/account`)
  assert.deepEqual(got.body, {
    data: {
      username: null,
      visible_name: null,
      biography: null,
      profile_picture_url: null,
      link_in_bio: null,
      niche_warming_instructions: null,
      configured_at: null,
      status: 'pending',
    },
  })
})

test('a PUT replaces the whole: what is left out or null is null', async () => {
  const id = await p().order(instagram)
  dataOf(await p().configure(id, { link_in_bio: 'https://a.example', niche_warming_instructions: 'Bread.' }))
  dataOf(await p().configure(id, { link_in_bio: null, biography: '' }))
  const got = dataOf(await p().request('GET', `/api/ext/bundles/${id}/account`))
  assert.deepEqual([got['link_in_bio'], got['niche_warming_instructions'], got['biography']], [null, null, ''])
})

const bad: [string, Record<string, unknown>, string, string][] = [
  ['a space', { username: 'street style' }, 'invalid_username', 'username'],
  ['an accent', { username: 'café' }, 'invalid_username', 'username'],
  ['25 characters', { username: 'a'.repeat(25) }, 'invalid_username', 'username'],
  ['an empty username', { username: '' }, 'invalid_username', 'username'],
  ['no username', { username: undefined }, 'invalid_username', 'username'],
  ['a number for a username', { username: 5 }, 'invalid_username', 'username'],
  ['an empty name', { visible_name: '' }, 'invalid_visible_name', 'visible_name'],
  ['a blank name', { visible_name: ' \t' }, 'invalid_visible_name', 'visible_name'],
  ['a name of 31 code points', { visible_name: '😀'.repeat(31) }, 'invalid_visible_name', 'visible_name'],
  ['no name', { visible_name: undefined }, 'invalid_visible_name', 'visible_name'],
  ['a biography of 81 code points', { biography: 'é'.repeat(81) }, 'biography_too_long', 'biography'],
  ['a picture that is no URL', { profile_picture_url: 'picture.png' }, 'invalid_url', 'profile_picture_url'],
  ['a picture over ftp', { profile_picture_url: 'ftp://cdn.example.com/a.png' }, 'invalid_url', 'profile_picture_url'],
  ['a picture over http', { profile_picture_url: 'http://cdn.example.com/a.png' }, 'invalid_url', 'profile_picture_url'],
  [
    'a picture URL with a password',
    { profile_picture_url: 'https://a:b@example.com/a.png' },
    'invalid_url',
    'profile_picture_url',
  ],
  ['no picture', { profile_picture_url: undefined }, 'invalid_url', 'profile_picture_url'],
  ['a link on TikTok', { link_in_bio: 'https://a.example' }, 'link_in_bio_instagram_only', 'link_in_bio'],
  ['an unknown member', { user_name: 'a' }, 'validation_error', 'user_name'],
  ['no biography', { biography: undefined }, 'validation_error', 'biography'],
  ['a number for a note', { niche_warming_instructions: 1 }, 'validation_error', 'niche_warming_instructions'],
]

for (const [what, over, code, path] of bad) {
  test(`refused: ${what}`, async () => {
    const answer = await p().configure(await p().order(), over)
    assert.equal(answer.status, 400)
    assert.equal(errorOf(answer).code, code)
    assert.deepEqual(
      errorOf(answer).details?.map((detail) => detail.path),
      [path],
    )
  })
}

test('a link that is no URL is refused on Instagram', async () => {
  const answer = await p().configure(await p().order(instagram), { link_in_bio: 'cafeparis' })
  assert.equal(errorOf(answer).code, 'invalid_url')
})

test('at the bounds: 24, 30 and 80 code points, emoji too, are taken', async () => {
  const over = { username: 'a'.repeat(24), visible_name: '😀'.repeat(30), biography: '😀'.repeat(80) }
  dataOf(await p().configure(await p().order(), over))
})

test('of several bad fields the code is the first in the page’s order, and all stand in details', async () => {
  const answer = await p().configure(await p().order(), {
    link_in_bio: 'https://a.example',
    profile_picture_url: 'no',
    biography: 'x'.repeat(81),
    visible_name: '',
    zzz: 1,
  })
  assert.equal(errorOf(answer).code, 'invalid_visible_name')
  assert.deepEqual(
    new Set(errorOf(answer).details?.map(({ path }) => path)),
    new Set(['link_in_bio', 'profile_picture_url', 'biography', 'visible_name', 'zzz']),
  )
})

test('a body that is no object, and one that is no JSON', async () => {
  const id = await p().order()
  for (const body of [[], 'text', null]) {
    const answer = await p().request('PUT', `/api/ext/bundles/${id}/account`, body)
    assert.equal(answer.status, 400)
    assert.equal(errorOf(answer).code, 'validation_error')
  }
  const raw = await fetch(new URL(`/api/ext/bundles/${id}/account`, p().server.address), {
    method: 'PUT',
    headers: { 'x-api-key': p().server.key, 'content-type': 'application/json' },
    body: '{"username":',
  })
  assert.equal(raw.status, 400)
  assert.equal(((await raw.json()) as { error: { code: string } }).error.code, 'malformed_json')
})

test('invalid_status after the publish, and again possible once unpublished', async () => {
  const id = await p().published()
  const answer = await p().configure(id)
  assert.equal(answer.status, 409)
  assert.deepEqual([errorOf(answer).code, errorOf(answer)['status']], ['invalid_status', 'published'])
  await p().act(id, 'unpublish')
  dataOf(await p().configure(id))
})

test('bundle_not_found: unknown, malformed and another team’s, the same but for the request id', async () => {
  const other = await testTeam(p().server.ctx, 'other of seed 4')
  const id = await p().order()
  const answers = await Promise.all([
    p().configure('bnd_abc123'),
    p().configure('0193a1b2-5e4f-7a3b-9c2d-1e0f9a8b7c6d'),
    p().configure(id, {}, { 'x-api-key': other.key }),
    p().configure(id, { username: 'not ok' }, { 'x-api-key': other.key }),
    p().request('GET', '/api/ext/bundles/bnd_abc123/account'),
    p().request('GET', `/api/ext/bundles/${id}/account`, undefined, { 'x-api-key': other.key }),
  ])
  for (const answer of answers) {
    assert.equal(answer.status, 404)
    assert.deepEqual(errorOf(answer), errorOf(answers[0]))
    assert.equal(errorOf(answer).code, 'bundle_not_found')
  }
})

test('a dry run checks everything and stores nothing', async () => {
  const id = await p().order()
  const answer = await p().configure(id, {}, { 'x-dry-run': 'true' })
  assert.equal(answer.status, 200)
  assert.equal(bodyOf(answer)['dry_run'], true)
  assert.equal((await p().get(id))['status'], 'pending_setup')
  assert.equal((await p().configure(id, { username: '' }, { 'x-dry-run': 'true' })).status, 400)
})
