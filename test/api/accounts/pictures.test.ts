import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import sharp from 'sharp'
import { getProfile } from '../../../src/domain/profiles/get.ts'
import { claimingPng, picture } from '../../media/pictures.ts'
import { serve } from '../../net/servers.ts'
import { testTeam } from '../../support/croft.ts'
import { readyProfile } from '../../support/ready-profile.ts'
import { accountsCroft, bodyOf, errorOf, pathsOf } from './support.ts'

const { croft, clock, ready, patch, account } = accountsCroft()

const serving = (t: TestContext, bytes: Buffer | string, type = 'image/jpeg') =>
  serve(t, (_request, response) => response.writeHead(200, { 'content-type': type }).end(bytes))

async function upload(bytes: Buffer, key: string): Promise<string> {
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array(bytes)], { type: 'image/png' }), 'face.png')
  const response = await fetch(`${croft().address}/v1/media`, { method: 'POST', headers: { 'x-api-key': key }, body: form })
  return ((await response.json()) as { media_url: string }).media_url
}

test('a PNG named .jpg is a PNG, kept by its content and served with long caching', async (t) => {
  const host = await serving(t, await picture('png', 64, 64))
  const [one, other] = [await ready('instagram'), await ready('tiktok')]
  const urls: string[] = []
  for (const { id, platform } of [one, other]) {
    const answer = await patch(id, { platform, profilePictureUrl: `${host}/face.jpg` })
    urls.push(String(bodyOf(answer)['profilePictureUrl']))
  }
  assert.notEqual(urls[0], urls[1])
  const files = await Promise.all(urls.map((url) => fetch(url)))
  for (const file of files) {
    assert.deepEqual([file.status, file.headers.get('content-type')], [200, 'image/png'])
    assert.equal(file.headers.get('cache-control'), 'public, max-age=31536000, immutable')
    const { width, height, format } = await sharp(Buffer.from(await file.arrayBuffer())).metadata()
    assert.deepEqual([width, height, format], [64, 64, 'png'])
  }
  assert.equal(files[0]?.headers.get('etag'), files[1]?.headers.get('etag'))
  assert.equal((await account(one.id))['profilePictureUrl'], urls[0])
  const farm = bodyOf(await croft().request('GET', `/v1/farm-profiles/${one.id}`))
  assert.equal(farm['profile_picture_url'], urls[0])
})

test('the size in the refusal is the one that is seen: EXIF rotation first', async (t) => {
  const turned = await serving(t, await picture('jpeg', 48, 32, 6))
  const { id } = await ready('instagram')
  const answer = await patch(id, { platform: 'instagram', profilePictureUrl: turned })
  assert.equal(errorOf(answer).message, 'Profile picture must have a 1:1 aspect ratio (square). Provided image is 32x48.')
  const farm = await croft().request('PATCH', `/v1/farm-profiles/${id}`, { profile_picture_url: turned })
  assert.equal(farm.status, 200)
})

test('what is no picture, too large, gone or not allowed is refused, and nothing else of the request is stored', async (t) => {
  const { id } = await ready('instagram')
  const before = await account(id)
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>'
  const missing = await serve(t, (_request, response) => response.writeHead(404).end())
  for (const [url, code] of [
    [await serving(t, '<!doctype html><p>Sign in'), 'picture_not_an_image'],
    [await serving(t, svg, 'image/svg+xml'), 'picture_not_an_image'],
    [await serving(t, claimingPng(30_000, 30_000)), 'picture_too_large'],
    [missing, 'picture_unreachable'],
    ['https://169.254.169.254/latest', 'address_not_allowed'],
    ['https://user:secret@example.com/a.jpg', 'invalid_url'],
    ['not a url', 'invalid_url'],
    ['http://example.com/a.jpg', 'validation_error'],
    [`${croft().address}/media/${'a'.repeat(43)}`, 'picture_unreachable'],
  ] as const) {
    const answer = await patch(id, { platform: 'instagram', name: 'New', bio: 'new', profilePictureUrl: url })
    assert.deepEqual([answer.status, errorOf(answer).code, pathsOf(answer)], [400, code, ['profilePictureUrl']], url)
  }
  assert.deepEqual(await account(id), before)
})

test('values first, then the cooldown, then the picture: it is not asked for in vain', async (t) => {
  let asked = 0
  const bytes = await picture('jpeg', 32, 32)
  const host = await serve(t, (_request, response) => {
    asked += 1
    response.end(bytes)
  })
  const { id } = await ready('instagram')
  await patch(id, { platform: 'instagram', name: 'One' })
  const soon = { platform: 'instagram', name: 'Two', profilePictureUrl: host }
  assert.equal((await patch(id, { ...soon, bio: 'b'.repeat(151) })).status, 400)
  assert.equal((await patch(id, soon)).status, 429)
  assert.equal(asked, 0)
})

test('an uploaded picture is taken from the store, another team’s is not there', async () => {
  const { id } = await ready('instagram')
  const other = await testTeam(croft().ctx, 'another')
  const bytes = await picture('png', 40, 40)
  const own = await patch(id, { platform: 'instagram', profilePictureUrl: await upload(bytes, croft().key) })
  assert.equal(own.status, 200)
  const theirs = await patch(id, { platform: 'instagram', profilePictureUrl: await upload(bytes, other.key) })
  assert.deepEqual([theirs.status, errorOf(theirs).code], [400, 'picture_unreachable'])
})

test('the address of the present picture is no change', async (t) => {
  const host = await serving(t, await picture('jpeg', 24, 24))
  const { id } = await ready('instagram')
  const first = bodyOf(await patch(id, { platform: 'instagram', profilePictureUrl: host }))
  clock.forward(1_000)
  const again = bodyOf(await patch(id, { platform: 'instagram', profilePictureUrl: first['profilePictureUrl'] }))
  assert.deepEqual(again, first)
})

test('a picture that comes while the profile is closed changes nothing', async (t) => {
  const bytes = await picture('jpeg', 24, 24)
  const { ctx, team } = croft()
  const row = await readyProfile(ctx, team, { platform: 'instagram' })
  const host = await serve(t, (_request, response) => {
    void croft()
      .request('POST', `/v1/farm-profiles/${row.id}/deactivate`)
      .then(() => response.end(bytes))
  })
  const answer = await patch(row.id, { platform: 'instagram', bio: 'late', profilePictureUrl: host })
  assert.deepEqual([answer.status, errorOf(answer).code], [409, 'invalid_state'])
  const stored = await getProfile(ctx.db, team.id, row.id)
  assert.deepEqual([stored.bio, stored.picture_id], [null, null])
})
