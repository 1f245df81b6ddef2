import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { suite, test } from 'node:test'
import { sql } from 'kysely'
import { newKey } from '../../../src/kernel/key-secret.ts'
import { api, named, ok, refused } from '../support/client.ts'
import { standingClock } from '../../support/clock.ts'

const hour = 3_600_000

suite('API keys', () => {
  test('a key is shown once, and its hash alone is stored', async (t) => {
    const { ask, croft } = await api(t)
    const headers = { 'idempotency-key': 'one' }
    const made = ok(await ask('POST', '/v1/api-keys', { name: 'CI' }, headers), 201)
    const key = String(made['key'])
    assert.match(key, /^croft_[0-9A-Za-z]{46}$/)
    assert.deepEqual([made['scope'], made['expires_at'], made['revoked_at']], ['write', null, null])
    assert.equal(ok(await ask('POST', '/v1/api-keys', { name: 'CI' }, headers), 201)['key'], null)
    assert.ok(!JSON.stringify(ok(await ask('GET', '/v1/api-keys'))).includes(key))
    const { rows } = await sql<{ all: string }>`
      select json_agg(k)::text || (select json_agg(i)::text from idempotency_keys i) || (select json_agg(a)::text from audit a) as all
      from api_keys k`.execute(croft.ctx.db)
    assert.ok(!rows[0]?.all.includes(key))
    assert.ok(rows[0]?.all.includes(createHash('sha256').update(key).digest('hex')))
    ok(await ask('GET', '/v1/team', undefined, { 'x-api-key': key }))
  })

  test('a revoked key is refused at once, an expired one from its time on', async (t) => {
    const clock = standingClock()
    const { ask } = await api(t, { substitutes: { clock } })
    const one = ok(await ask('POST', '/v1/api-keys', {}), 201)
    const expires_at = new Date(clock.now().getTime() + hour).toISOString()
    const two = ok(await ask('POST', '/v1/api-keys', { scope: 'read', expires_at }), 201)
    const use = (made: { [name: string]: unknown }) => ask('GET', '/v1/team', undefined, { 'x-api-key': String(made['key']) })
    ok(await use(one))
    const path = `/v1/api-keys/${String(one['api_key_id'])}`
    const revoked = ok(await ask('DELETE', path))
    refused(await use(one), 401, 'unauthorized')
    assert.deepEqual(ok(await ask('DELETE', path)), revoked)
    clock.forward(hour - 1)
    ok(await use(two))
    clock.forward(1)
    refused(await use(two), 401, 'unauthorized')
  })

  test('expires_at is a time to come', async (t) => {
    const { ask } = await api(t)
    for (const expires_at of [
      '2020-01-01T00:00:00Z',
      'soon',
      '2999-01-01',
      '2999-13-01T00:00:00Z',
      '2998-12-31T23:59:60Z',
      5,
      '',
    ])
      assert.deepEqual(named(await ask('POST', '/v1/api-keys', { expires_at })), ['expires_at'], String(expires_at))
    ok(await ask('POST', '/v1/api-keys', { expires_at: '2999-01-01T00:00:00+02:00' }), 201)
  })

  test('junk is no key: no checksum, unknown, two in one header', async (t) => {
    const { ask, croft } = await api(t)
    const flipped = croft.key.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'))
    for (const key of [
      flipped,
      newKey(),
      `${croft.key},${croft.key}`,
      `${croft.key}x`,
      "' or true --",
      'croft_',
      croft.key.toLowerCase(),
    ])
      refused(await ask('GET', '/v1/team', undefined, { 'x-api-key': key }), 401, 'unauthorized')
  })

  test('a team’s durations are all named when they are bad', async (t) => {
    const { ask } = await api(t)
    const warmup = { runs: 3, span: '367d', interval: '0s', session: '1m' }
    assert.deepEqual(named(await ask('PATCH', '/v1/team', { warmup, pacing: { min_gap: '400d' } })), [
      'pacing.min_gap',
      'warmup.interval',
      'warmup.span',
    ])
    refused(await ask('PATCH', '/v1/team', { warmup: {} }), 400, 'nothing_to_update')
    const team = ok(await ask('PATCH', '/v1/team', { warmup: { runs: 3, span: '36h' }, pacing: { max_per_day: 2 } }))
    assert.deepEqual(team['warmup'], { runs: 3, span: '36h', session: '15m', interval: '1d', maintenance: '7d' })
    assert.deepEqual(team['pacing'], { max_per_day: 2, min_gap: null })
    const back = ok(await ask('PATCH', '/v1/team', { warmup: { runs: null, span: null }, pacing: { max_per_day: null } }))
    assert.deepEqual((back['warmup'] as Record<string, unknown>)['runs'], 7)
  })
})
