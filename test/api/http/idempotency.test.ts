import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { sql } from 'kysely'
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

  test('a replay answers as at first, even what would be refused by now', async (t) => {
    const clock = standingClock()
    const { ask, croft } = await api(t, { substitutes: { clock } })
    const { id } = await readyProfile(croft.ctx, croft.team)
    const body = postBody(id, { execute_at: clock.now().getTime() + 1_000 })
    const first = ok(await ask('POST', '/v1/posts', body, key), 202)
    clock.forward(2_000)
    const again = await ask('POST', '/v1/posts', body, key)
    assert.deepEqual([ok(again, 202), again.headers.get('idempotent-replayed')], [first, 'true'])
    refused(await ask('POST', '/v1/posts', { ...body, title: '' }, key), 422, 'idempotency_key_reused')
    refused(await ask('POST', '/v1/posts', body, { 'idempotency-key': 'late' }), 422, 'validation_error')
  })

  test('requests that come together are answered each by itself: accepted, refused, replayed', async (t) => {
    const { ask, croft } = await api(t)
    const other = await testTeam(croft.ctx, 'other')
    const [mine, theirs] = [await readyProfile(croft.ctx, croft.team), await readyProfile(croft.ctx, other)]
    const first = ok(await ask('POST', '/v1/posts', postBody(mine.id), key), 202)
    const asOther = { 'x-api-key': other.key }
    const answers = await Promise.all([
      ask('POST', '/v1/posts', postBody(mine.id), key),
      ask('POST', '/v1/posts', postBody(mine.id, { title: 'Spelt' }), key),
      ask('POST', '/v1/posts', postBody(nobody), { 'idempotency-key': 'two' }),
      ask('POST', '/v1/posts', postBody(theirs.id), { 'idempotency-key': 'three' }),
      ask('POST', '/v1/posts', postBody(theirs.id), { ...asOther, ...key }),
      ask('POST', '/v1/posts', postBody(mine.id), { 'idempotency-key': 'four' }),
      ask('POST', '/v1/posts', postBody(mine.id)),
    ])
    assert.deepEqual(
      answers.map(({ status }) => status),
      [202, 422, 404, 404, 202, 202, 202],
    )
    assert.deepEqual(answers[0].body, first)
    const posts = await croft.ctx.db.selectFrom('posts').select(['team_id', 'id']).execute()
    assert.deepEqual(
      new Set(posts.map((post) => post.id)),
      new Set(answers.flatMap(({ status, body }) => (status === 202 ? [body['task_id']] : []))),
    )
    const audit = await croft.ctx.db
      .selectFrom('audit')
      .select(['team_id', 'subject'])
      .where('action', '=', 'post.create')
      .execute()
    assert.deepEqual(
      new Set(audit.map((row) => `${row.team_id} ${row.subject}`)),
      new Set(posts.map((post) => `${post.team_id} post:${post.id}`)),
    )
    const kept = await croft.ctx.db.selectFrom('idempotency_keys').select(['team_id', 'key']).orderBy('key').execute()
    assert.deepEqual(kept.map((row) => row.key).sort(), ['four', 'one', 'one'])
  })

  test('a request that the database refuses fails no other that came with it', async (t) => {
    const { ask, croft } = await api(t)
    const { id } = await readyProfile(croft.ctx, croft.team)
    await sql`alter table posts add constraint no_rye check (title <> 'Rye again')`.execute(croft.ctx.db)
    const titles = ['One', 'Rye again', 'Two', 'Three']
    const answers = await Promise.all(
      titles.map((title) => ask('POST', '/v1/posts', postBody(id, { title }), { 'idempotency-key': title })),
    )
    assert.deepEqual(
      answers.map(({ status }) => status),
      [202, 500, 202, 202],
    )
    const posts = await croft.ctx.db.selectFrom('posts').select('title').orderBy('title').execute()
    assert.deepEqual(posts.map(({ title }) => title).sort(), ['One', 'Three', 'Two'])
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
