import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accountsCroft, bodyOf, errorOf, pathsOf } from './support.ts'

const { croft, ready, profile, patch, account } = accountsCroft()

test('every bad value is named at once, whether its shape or its platform is against it; nothing changes', async () => {
  const { id } = await ready('tiktok')
  const before = await account(id)
  const answer = await patch(id, {
    platform: 'instagram',
    name: 7,
    username: 'new',
    bio: 'b'.repeat(81),
    profilePictureUrl: 'ftp://example.com/a.jpg',
    biography: 'x',
  })
  assert.equal(answer.status, 400)
  assert.equal(errorOf(answer).code, 'invalid_parameter')
  assert.deepEqual(pathsOf(answer), ['bio', 'biography', 'name', 'platform', 'profilePictureUrl', 'username'])
  assert.deepEqual(await account(id), before)
})

test('a TikTok username has the page’s code and message, whatever it is and whatever else is wrong', async () => {
  const { id } = await ready('tiktok')
  const before = await account(id)
  for (const username of ['new', 'two..dots', 'ü', '', 'x'.repeat(31), 'a\0b', 7, null])
    for (const more of [{}, { bio: 'b'.repeat(81) }, { platform: 'instagram' }, { nick: 1 }]) {
      const answer = await patch(id, { platform: 'tiktok', username, ...more })
      const { code, message } = errorOf(answer)
      assert.deepEqual(
        [answer.status, code, message],
        [400, 'invalid_parameter', 'Username changes are only supported for Instagram accounts'],
      )
      const others = Object.keys(more)
      assert.deepEqual(
        'details' in errorOf(answer) ? pathsOf(answer) : [],
        others.length > 0 ? [...others, 'username'].sort() : [],
      )
    }
  assert.deepEqual(await account(id), before)
})

test('one bad field, and no other is stored', async () => {
  const { id } = await ready('instagram')
  const before = await account(id)
  for (const bad of [
    { bio: 'b'.repeat(151) },
    { username: 'two..dots' },
    { profilePictureUrl: 'https://10.0.0.999999/' },
    { name: 'n'.repeat(31) },
    { name: '' },
    { name: ' \u3000' },
    { name: 'two\nlines' },
    { bio: null },
  ]) {
    const good = { platform: 'instagram', name: 'Good', username: 'good.name', bio: 'Good.' }
    const answer = await patch(id, { ...good, ...bad })
    assert.equal(answer.status, 400, JSON.stringify(bad))
    assert.deepEqual(pathsOf(answer), Object.keys(bad))
  }
  assert.deepEqual(await account(id), before)
  const tasks = bodyOf(await croft().request('GET', `/v1/tasks?profile_id=${id}&kind=profile_edit`))
  assert.deepEqual(tasks['items'], [])
})

test("platform must be the account's, and must be there", async () => {
  const { id } = await ready('tiktok')
  for (const platform of ['instagram', 'youtube', '']) {
    const answer = await patch(id, { platform, bio: 'x' })
    assert.deepEqual([answer.status, errorOf(answer).code], [400, 'invalid_parameter'], platform)
    assert.deepEqual(pathsOf(answer), ['platform'])
  }
  for (const [body, path] of [
    [{ bio: 'x' }, 'platform'],
    [{ platform: null, bio: 'x' }, 'platform'],
    [{}, 'platform'],
  ] as const) {
    const answer = await patch(id, body)
    assert.deepEqual([answer.status, errorOf(answer).code, pathsOf(answer)], [400, 'validation_error', [path]])
  }
})

test('bodies that are no object, and no JSON', async () => {
  const { id } = await ready('tiktok')
  for (const body of [[], 'x', 7, null]) {
    const answer = await patch(id, body)
    assert.equal(answer.status, 400, JSON.stringify(body))
  }
  const none = await fetch(`${croft().address}/v1/accounts/${id}/profile`, {
    method: 'PATCH',
    headers: { 'x-api-key': croft().key },
  })
  assert.equal(none.status, 400)
  const broken = await fetch(`${croft().address}/v1/accounts/${id}/profile`, {
    method: 'PATCH',
    headers: { 'x-api-key': croft().key, 'content-type': 'application/json' },
    body: '{"platform": ',
  })
  assert.deepEqual([broken.status, ((await broken.json()) as { error: { code: string } }).error.code], [400, 'malformed_json'])
})

test('a query that no route knows, and an id that no text can be', async () => {
  const { id } = await ready('tiktok')
  const query = await croft().request('PATCH', `/v1/accounts/${id}/profile?dry=1`, { platform: 'tiktok', bio: 'x' })
  assert.deepEqual([query.status, errorOf(query).code, pathsOf(query)], [400, 'validation_error', ['query.dry']])
  assert.equal((await account(id))['bio'], null)
  assert.equal((await patch('a%00b', { platform: 'tiktok', bio: 'x' })).status, 404)
  assert.equal((await croft().request('GET', '/v1/accounts/a%00b')).status, 404)
})

test('only platform: there is nothing to update', async () => {
  const { id } = await ready('tiktok')
  const answer = await patch(id, { platform: 'tiktok' })
  assert.deepEqual([answer.status, errorOf(answer).code], [400, 'nothing_to_update'])
})

test('NUL and half a surrogate pair are refused by name, anywhere', async () => {
  const { id } = await ready('tiktok')
  for (const text of ['a\0b', 'a\ud800b']) {
    const answer = await patch(id, { platform: 'tiktok', name: text, bio: text })
    assert.deepEqual([answer.status, pathsOf(answer)], [400, ['bio', 'name']])
    const farm = await croft().request('PATCH', `/v1/farm-profiles/${id}`, { bio: text })
    assert.deepEqual([farm.status, pathsOf(farm)], [422, ['bio']])
  }
})

test('texts of every script are counted in code points and stored unharmed', async () => {
  const family = '👩‍👩‍👧‍👦'
  for (const text of [
    '👗'.repeat(30),
    'e\u0301'.repeat(15),
    'مخبز الفجر\u200f',
    'כיכר \u202eלחם\u202c',
    `a\u200bb\u200dc\u2060d`,
    `${family.repeat(4)}ab`,
    'n',
  ]) {
    const { id } = await ready('instagram')
    const answer = await patch(id, { platform: 'instagram', name: text, bio: `${text}\n${text}` })
    assert.equal(answer.status, 200, text)
    const stored = await account(id)
    assert.deepEqual([stored['name'], stored['bio']], [text, `${text}\n${text}`])
  }
  const { id } = await ready('instagram')
  assert.equal((await patch(id, { platform: 'instagram', name: '👗'.repeat(31) })).status, 400)
  assert.equal((await patch(id, { platform: 'instagram', bio: '👗'.repeat(150) })).status, 200)
  assert.equal((await patch(id, { platform: 'instagram', bio: '👗'.repeat(151) })).status, 400)
})

test('an empty bio clears it, in every family', async () => {
  const { id } = await ready('tiktok')
  await patch(id, { platform: 'tiktok', bio: 'x' })
  assert.equal(bodyOf(await patch(id, { platform: 'tiktok', bio: '' }))['bio'], null)
  assert.equal(bodyOf(await croft().request('GET', `/v1/farm-profiles/${id}`))['bio'], null)
})

test('usernames change on Instagram as often as wished, and belong to one living profile', async () => {
  const [one, other] = [await ready('instagram'), await ready('instagram')]
  for (const username of ['croft.one', 'croft.two', 'Croft.Two']) {
    const answer = await patch(one.id, { platform: 'instagram', username })
    assert.deepEqual([answer.status, bodyOf(answer)['username']], [200, username])
  }
  const before = await account(other.id)
  const taken = await patch(other.id, { platform: 'instagram', username: 'CROFT.two', bio: 'x', name: 'Other' })
  assert.deepEqual([taken.status, errorOf(taken).code], [409, 'username_taken'])
  assert.deepEqual(await account(other.id), before)
  const farm = bodyOf(await croft().request('GET', `/v1/farm-profiles/${one.id}`))
  assert.deepEqual([farm['tiktok_username'], farm['profile_name']], ['Croft.Two', one.profile_name])
  assert.equal((await account(one.id))['name'], one.username)
})

test('a closed account is refused with its state, one that is being set up is not', async () => {
  const { id } = await profile('instagram')
  const early = await patch(id, { platform: 'instagram', bio: 'Early' })
  assert.deepEqual([early.status, bodyOf(early)['bio']], [200, 'Early'])
  assert.equal((await account(id))['bio'], 'Early')
  await croft().request('POST', `/v1/farm-profiles/${id}/deactivate`)
  const answer = await patch(id, { platform: 'instagram', bio: 'Late' })
  assert.deepEqual(
    [answer.status, errorOf(answer).code, (errorOf(answer) as { status?: string }).status],
    [409, 'invalid_state', 'deactivated'],
  )
})
