import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asking, setUp } from './support.ts'

const { fake, ask } = await setUp()

test('me shows id alone, and what fields asks for', async () => {
  const ada = Object.assign(fake.account('ada'), {
    biography: 'Poet of numbers',
    website: 'https://ada.example.com',
    followersCount: 7,
  })
  assert.deepEqual((await ask('GET', '/v26.0/me')).json, { id: ada.scopedId })
  const fields =
    'user_id,username,name,account_type,profile_picture_url,biography,website,followers_count,follows_count,media_count'
  const { json } = await ask('GET', '/v26.0/me', { fields })
  assert.deepEqual(json, {
    id: ada.scopedId,
    user_id: ada.igId,
    username: 'ada',
    name: 'Ada L.',
    account_type: 'BUSINESS',
    profile_picture_url: `${fake.bases.cdn}/${ada.igId}.jpg`,
    biography: 'Poet of numbers',
    website: 'https://ada.example.com',
    followers_count: 7,
    follows_count: 0,
    media_count: 0,
  })
})

test('the picture is served, and an account without one has no such field', async () => {
  const { json } = await ask('GET', '/v26.0/me', { fields: 'profile_picture_url' })
  const picture = await fetch(String(json.profile_picture_url))
  assert.equal(picture.headers.get('content-type'), 'image/jpeg')
  assert.ok((await picture.arrayBuffer()).byteLength > 100)
  fake.account('ada').picture = null
  assert.deepEqual(Object.keys((await ask('GET', '/v26.0/me', { fields: 'profile_picture_url' })).json), ['id'])
})

test('the account is read by each of its ids, with or without a version; another account is not readable', async () => {
  const { igId, scopedId } = fake.account('ada')
  for (const path of [`/v25.0/${igId}`, `/${igId}`, `/v26.0/${scopedId}`, '/me']) {
    assert.equal((await ask('GET', path, { fields: 'username' })).json.username, 'ada', path)
  }
  assert.equal((await ask('GET', `/v26.0/${fake.account('bob').igId}`)).error, '100/33')
  assert.equal((await ask('GET', '/v26.0/12345')).error, '100/33')
})

test('with Facebook Login, id is the professional account', async () => {
  const facebook = asking(fake.bases.facebookGraph, fake.grant('ada', { login: 'facebook' }).value)
  const { igId } = fake.account('ada')
  assert.deepEqual((await facebook('GET', `/v26.0/${igId}`)).json, { id: igId })
})

test('an unknown field, a missing scope, and versions that have ended or are not out are refused', async () => {
  assert.equal((await ask('GET', '/v26.0/me', { fields: 'username,email' })).error, '100')
  const scopeless = asking(fake.bases.graph, fake.grant('ada', { scopes: ['instagram_business_content_publish'] }).value)
  assert.equal((await scopeless('GET', '/v26.0/me')).error, '10')
  assert.equal((await ask('GET', '/v20.0/me')).error, '2635')
  assert.equal((await ask('GET', '/v27.0/me')).error, '2500')
  fake.settings.versions.push('v27.0')
  assert.equal((await ask('GET', '/v27.0/me')).status, 200)
})

test('an address that the platform does not have is refused', async () => {
  const graph = await ask('POST', '/v26.0/me')
  assert.equal(graph.error, '100')
  assert.equal((await fetch(`${fake.address}/nothing`)).status, 404)
})

test('the page at the root lists accounts, with their text escaped', async () => {
  fake.account('ada').biography = '<b>poet</b>'
  const html = await (await fetch(fake.address)).text()
  assert.match(html, /@ada/)
  assert.match(html, /&lt;b&gt;poet/)
})

test('every request is recorded with its endpoint, time and status, and the token stays readable for tests', async () => {
  fake.requests.length = 0
  await ask('GET', '/v26.0/me', { fields: 'username' })
  const [request] = fake.requests
  assert.equal(request?.endpoint, 'user')
  assert.equal(request.method, 'GET')
  assert.equal(request.status, 200)
  assert.match(request.path, /^\/graph\.instagram\.com\/v26\.0\/me\?fields=username&access_token=IGAA/)
})
