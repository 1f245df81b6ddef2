import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../support/wait.ts'
import { errorKeys } from './index.ts'
import { create, finished, image, publish, redirectUri, setUp, statusOf } from './support.ts'

const { fake, ask } = await setUp()

for (const key of errorKeys) {
  test(`the error ${key} has the documented shape`, async () => {
    fake.fail('media_publish', { code: key }, { times: 1 })
    const reply = await publish(ask, '17900000000000000')
    assert.equal(reply.error, key)
    assert.ok(reply.status >= 400)
    const { fbtrace_id: trace, message, type, is_transient: transient, ...rest } = reply.json.error as Record<string, unknown>
    assert.match(String(trace), /^A[\w-]{22}$/)
    assert.equal(typeof message, 'string')
    assert.match(String(type), /Exception$/)
    assert.equal(transient, key === '1' || key === '2')
    const [code, subcode] = key.split('/').map(Number)
    assert.equal(rest.code, code)
    assert.equal(rest.error_subcode, subcode)
    if (String(subcode).startsWith('2207'))
      assert.deepEqual([typeof rest.error_user_title, typeof rest.error_user_msg], ['string', 'string'])
  })
}

test('a code outside of the table, another status and headers can be given', async () => {
  fake.fail('user', { code: '80002', status: 400, headers: { 'x-business-use-case-usage': '{}' } }, { times: 1 })
  const reply = await ask('GET', '/v26.0/me')
  assert.deepEqual([reply.status, reply.error], [400, '80002'])
})

test('an exact body can be given, also an error inside of a reply with 200', async () => {
  fake.fail('media/create', { status: 200, body: { error: { message: 'x', code: 2 } } }, { times: 1 })
  const reply = await create(ask, image)
  assert.deepEqual([reply.status, reply.error], [200, '2'])
  fake.fail('user', { status: 502, body: '<html>Bad gateway</html>' }, { times: 1 })
  const response = await fetch(`${fake.bases.graph}/me`)
  assert.deepEqual([response.status, await response.text()], [502, '<html>Bad gateway</html>'])
})

test('without a code, it follows from the status', async () => {
  for (const [status, error] of [
    [500, '2'],
    [503, '2'],
    [429, '4'],
    [401, '190'],
    [403, '10'],
    [400, '100'],
  ] as const) {
    fake.fail('user', { status }, { times: 1 })
    const reply = await ask('GET', '/v26.0/me')
    assert.deepEqual([reply.status, reply.error], [status, error])
  }
})

test('a container whose reply is lost exists on the platform; one that is refused does not', async () => {
  const before = fake.containers.size
  fake.fail('media/create', { lost: true, afterEffect: true }, { times: 1 })
  fake.fail('media/create', { status: 500 }, { times: 1 })
  await assert.rejects(create(ask, image), TypeError)
  assert.equal(fake.containers.size, before + 1)
  assert.equal((await create(ask, image)).error, '2')
  assert.equal(fake.containers.size, before + 1)
})

test('a call that is held has no answer until it is released', async () => {
  const id = await finished(fake, ask)
  const held = fake.fail('container', { held: true }, { times: 1 })
  const reading = statusOf(ask, id)
  await until(() => held.holding === 1)
  assert.equal(fake.requests.at(-1)?.status, null)
  held.release()
  assert.equal(await reading, 'FINISHED')
})

test('a client that gives up on a held publish: the post exists only if the fault came after the effect', async () => {
  const id = await finished(fake, ask)
  const held = fake.fail('media_publish', { held: true, afterEffect: true }, { times: 1 })
  const given = new AbortController()
  const body = new URLSearchParams({ creation_id: id, access_token: fake.grant('ada').value })
  const call = fetch(`${fake.bases.graph}/v26.0/me/media_publish`, { method: 'POST', body, signal: given.signal })
  await until(() => held.holding === 1)
  given.abort()
  await assert.rejects(call, { name: 'AbortError' })
  assert.equal(fake.status(id), 'PUBLISHED')
})

test('a slow answer comes', async () => {
  fake.fail('user', { delayMs: 20 }, { times: 1 })
  assert.equal((await ask('GET', '/v26.0/me')).status, 200)
})

test('a fault that stands for every endpoint holds until it is switched off', async () => {
  const outage = fake.fail('any', { status: 503 })
  for (let call = 0; call < 3; call += 1) assert.equal((await ask('GET', '/v26.0/me')).status, 503)
  assert.equal((await create(ask, image)).status, 503)
  assert.equal(outage.hits, 4)
  outage.off()
  assert.equal((await ask('GET', '/v26.0/me')).status, 200)
  fake.fail('any', { status: 503 })
  fake.heal()
  assert.equal((await ask('GET', '/v26.0/me')).status, 200)
})

test('a fault for some calls alone', async () => {
  fake.fail('container', { code: '100/33' }, { skip: 1, times: 1 })
  const id = await finished(fake, ask)
  assert.equal(await statusOf(ask, id), 'FINISHED')
  assert.equal((await ask('GET', `/v26.0/${id}`)).error, '100/33')
  assert.equal(await statusOf(ask, id), 'FINISHED')
})

test('faults of the token endpoint are flat, and those of the sign-in page are pages', async () => {
  fake.fail('oauth/access_token', { status: 500, message: 'Try again' }, { times: 1 })
  const token = await fetch(`${fake.bases.api}/oauth/access_token`, { method: 'POST' })
  assert.deepEqual(await token.json(), { error_type: 'OAuthException', code: 500, error_message: 'Try again' })
  fake.fail('authorize', { status: 503, message: '<down>' }, { times: 1 })
  const page = await fetch(`${fake.bases.www}/oauth/authorize?redirect_uri=${redirectUri}`)
  assert.equal(page.status, 503)
  assert.match(await page.text(), /&lt;down&gt;/)
})

test('a refresh whose reply is lost has made the new token, and the old one stays good', async () => {
  const day = 24 * 3_600_000
  const old = fake.grant('bob', { age: day })
  const before = fake.tokens.length
  fake.fail('refresh_access_token', { lost: true, afterEffect: true }, { times: 1 })
  const url = `${fake.bases.graph}/refresh_access_token?grant_type=ig_refresh_token&access_token=${old.value}`
  await assert.rejects(fetch(url), TypeError)
  assert.equal(fake.tokens.length, before + 1)
  assert.equal((await fetch(url)).status, 200)
})
