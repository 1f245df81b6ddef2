import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { fingerprint, takeKey } from '../../../src/domain/idempotency/keys.ts'
import { api, ok, postBody, refused, nobody } from '../support/client.ts'
import { standingClock } from '../../support/clock.ts'
import { testTeam } from '../../support/croft.ts'
import { newUsername, readyProfile } from '../../support/ready-profile.ts'

const key = { 'idempotency-key': 'one' }

suite('Idempotency-Key', () => {
  test('another body under the same key is refused, and changes nothing', async (t) => {
    const { ask, croft } = await api(t)
    const { id } = await readyProfile(croft.ctx, croft.team)
    const first = await ask('POST', '/v1/posts', postBody(id), key)
    refused(await ask('POST', '/v1/posts', postBody(id, { title: 'Spelt' }), key), 422, 'idempotency_key_reused')
    assert.deepEqual((await ask('POST', '/v1/posts', postBody(id), key)).body, first.body)
    assert.equal((await croft.ctx.db.selectFrom('posts').select('id').execute()).length, 1)
  })

  test('of the same requests at once one is done', async (t) => {
    const { ask, croft } = await api(t)
    const { id } = await readyProfile(croft.ctx, croft.team)
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask('POST', '/v1/posts', postBody(id), key)))
    const made = answers.filter(({ status }) => status === 202)
    assert.equal(new Set(made.map(({ body }) => body['task_id'])).size, 1)
    assert.equal(made.filter(({ headers }) => headers.get('idempotent-replayed') === null).length, 1)
    for (const answer of answers.filter(({ status }) => status !== 202)) {
      refused(answer, 409, 'idempotency_key_in_use')
      assert.equal(answer.headers.get('retry-after'), '1')
    }
    assert.equal((await croft.ctx.db.selectFrom('posts').select('id').execute()).length, 1)
  })

  test('a request that runs holds its key, and one that failed gives it back', async (t) => {
    const { ask, croft } = await api(t)
    const { id } = await readyProfile(croft.ctx, croft.team)
    refused(await ask('POST', '/v1/posts', postBody(nobody), key), 404, 'profile_not_found')
    const body = postBody(id)
    await takeKey(croft.ctx, croft.team.id, 'held', fingerprint('POST', '/v1/posts', JSON.stringify(body)))
    refused(await ask('POST', '/v1/posts', body, { 'idempotency-key': 'held' }), 409, 'idempotency_key_in_use')
    ok(await ask('POST', '/v1/posts', body, key), 202)
  })

  test('keys are a team’s own, and are kept for a day', async (t) => {
    const clock = standingClock()
    const { ask, croft } = await api(t, { substitutes: { clock } })
    const other = await testTeam(croft.ctx, 'other')
    const body = { name: 'CI' }
    const mine = ok(await ask('POST', '/v1/api-keys', body, key), 201)
    const theirs = ok(await ask('POST', '/v1/api-keys', body, { ...key, 'x-api-key': other.key }), 201)
    assert.notEqual(mine['api_key_id'], theirs['api_key_id'])
    clock.forward(24 * 3_600_000)
    const replay = ok(await ask('POST', '/v1/api-keys', body, key), 201)
    assert.deepEqual(replay, { ...mine, key: null })
    clock.forward(1)
    const anew = ok(await ask('POST', '/v1/api-keys', body, key), 201)
    assert.notEqual(anew['api_key_id'], mine['api_key_id'])
  })

  test('a replay asks for key and scope as the first request did', async (t) => {
    const { ask, croft } = await api(t)
    const reader = await testTeam(croft.ctx, 'test', 'read')
    const body = { username: newUsername(), email_auth_method: 'google' }
    ok(await ask('POST', '/v1/farm-profiles', body, key), 201)
    refused(await ask('POST', '/v1/farm-profiles', body, { ...key, 'x-api-key': reader.key }), 403, 'insufficient_scope')
    refused(await ask('POST', '/v1/farm-profiles', body, { ...key, 'x-api-key': '' }), 401, 'unauthorized')
  })
})
