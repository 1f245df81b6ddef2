import assert from 'node:assert/strict'
import { test } from 'node:test'
import { picture } from '../../media/pictures.ts'
import { serve } from '../../net/servers.ts'
import { accountsCroft, bodyOf, dayMs, errorOf } from './support.ts'

const { croft, clock, ready, patch } = accountsCroft()
const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/

test('the request of the page, but for the hosts, and its answer', async (t) => {
  const host = await serve(t, (_request, response) => {
    void picture('jpeg', 64, 64).then((bytes) => response.end(bytes))
  })
  const { id, username } = await ready('instagram')
  const response = await fetch(`${croft().address}/v1/accounts/${id}/profile`, {
    method: 'PATCH',
    headers: { Authorization: `Bearer ${croft().key}`, 'Content-Type': 'application/json' },
    body: `{
    "platform": "instagram",
    "bio": "Premium fashion content daily 👗✨",
    "profilePictureUrl": "${host}/new-pic.jpg"
  }`,
  })
  assert.equal(response.status, 200)
  const body = (await response.json()) as Record<string, unknown>
  const { profilePictureUrl, updatedAt, ...rest } = body
  assert.deepEqual(rest, {
    success: true,
    accountId: id,
    platform: 'instagram',
    name: username,
    username,
    bio: 'Premium fashion content daily 👗✨',
  })
  assert.match(String(updatedAt), iso)
  assert.equal(new Date(String(updatedAt)).getTime(), clock.now().getTime())
  assert.match(String(profilePictureUrl), new RegExp(`^${croft().address}/media/[A-Za-z0-9_-]{43}$`))
})

test('a name that changes brings nextNameChangeAllowed along, and nothing else does', async () => {
  const { id } = await ready('instagram')
  const changed = bodyOf(await patch(id, { platform: 'instagram', name: 'Fashion Insider' }))
  assert.deepEqual(Object.keys(changed).sort(), [
    'accountId',
    'bio',
    'name',
    'nextNameChangeAllowed',
    'platform',
    'profilePictureUrl',
    'success',
    'updatedAt',
    'username',
  ])
  assert.equal(changed['nextNameChangeAllowed'], new Date(clock.now().getTime() + 14 * dayMs).toISOString())
  const bio = bodyOf(await patch(id, { platform: 'instagram', bio: 'x' }))
  assert.ok(!('nextNameChangeAllowed' in bio))
})

test('the body of a name change too soon', async () => {
  const { id } = await ready('tiktok')
  const first = bodyOf(await patch(id, { platform: 'tiktok', name: 'One' }))
  const answer = await patch(id, { platform: 'tiktok', name: 'Two' })
  assert.equal(answer.status, 429)
  const next = String(first['nextNameChangeAllowed'])
  assert.deepEqual(answer.body, {
    error: {
      code: 'name_change_restricted',
      message: `You can change your TikTok name again on ${next.slice(0, 10)}`,
      nextAllowedAt: next,
    },
    request_id: answer.headers.get('x-request-id'),
  })
  assert.equal(answer.headers.get('retry-after'), String(7 * 86_400))
})

test('the body of a picture that is not square', async (t) => {
  const host = await serve(t, (_request, response) => {
    void picture('jpeg', 1920, 1080).then((bytes) => response.end(bytes))
  })
  const { id } = await ready('instagram')
  const answer = await patch(id, { platform: 'instagram', profilePictureUrl: `${host}/wide.jpg` })
  assert.equal(answer.status, 400)
  assert.deepEqual(errorOf(answer), {
    code: 'invalid_image_ratio',
    message: 'Profile picture must have a 1:1 aspect ratio (square). Provided image is 1920x1080.',
  })
})

test('the body of a username on TikTok', async () => {
  const { id } = await ready('tiktok')
  const answer = await patch(id, { platform: 'tiktok', username: 'another' })
  assert.equal(answer.status, 400)
  assert.deepEqual(errorOf(answer), {
    code: 'invalid_parameter',
    message: 'Username changes are only supported for Instagram accounts',
  })
})
