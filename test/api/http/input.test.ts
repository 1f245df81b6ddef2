import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { test } from 'node:test'
import { managerOf, workRecipes } from '../../promises/support/work-recipes.ts'
import { operations } from '../../promises/support/openapi.ts'
import { readyProfile } from '../../support/ready-profile.ts'
import { api, named, nobody, ok, postBody, refused, type Answer, type Body } from '../support/client.ts'

test('what clients send in the wrong form', async (t) => {
  const { croft, ask, reference } = await api(t)
  const profile = await readyProfile(croft.ctx, croft.team)
  const posts = async () =>
    (
      await croft.ctx.db
        .selectFrom('posts')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .executeTakeFirstOrThrow()
    ).n

  /** Asks with bytes as they stand. */
  const raw = async (
    method: string,
    path: string,
    body: string | Buffer<ArrayBuffer> | null,
    headers: Record<string, string> = {},
  ) => {
    const response = await fetch(croft.address + path, {
      method,
      headers: { 'x-api-key': croft.key, 'content-type': 'application/json', ...headers },
      body,
    })
    const answer: Answer = { status: response.status, headers: response.headers, body: (await response.json()) as Body }
    reference.check(method, path, answer)
    return answer
  }
  const messages = (answer: Answer) => Object.fromEntries(answer.body.error.details.map(({ path, message }) => [path, message]))

  await t.test('an id that is none is the family’s 404, however it is written', async () => {
    const ids = [
      '1',
      '%00',
      '%ff',
      '%',
      '%zz',
      '%E0%A4%A',
      '%ed%a0%80',
      'a%2Fb',
      '..%2f',
      'x'.repeat(7_000),
      `${nobody}%00`,
      '%25ff',
    ]
    for (const id of ids)
      for (const [method, path, code] of [
        ['GET', `/v1/accounts/${id}`, 'account_not_found'],
        ['PATCH', `/v1/accounts/${id}/profile`, 'account_not_found'],
        ['GET', `/api/ext/bundles/${id}`, 'bundle_not_found'],
        ['PUT', `/api/ext/bundles/${id}/account`, 'bundle_not_found'],
        ['GET', `/api/ext/bundles/${id}/videos/1`, 'bundle_not_found'],
        ['POST', `/api/ext/bundles/${id}/publish`, 'bundle_not_found'],
        ['GET', `/api/ext/accounts/${id}/edit-request`, 'SAVED_ACCOUNT_NOT_FOUND'],
        ['POST', `/api/ext/accounts/${id}/edit-request/${id}/approve`, 'SAVED_ACCOUNT_NOT_FOUND'],
      ] as const) {
        const body = method === 'PATCH' || method === 'PUT' ? '{}' : null
        refused(await raw(method, path, body), 404, code)
      }
    refused(await raw('GET', '/v1/accounts/%ff', null, { 'x-api-key': 'croft_junk' }), 401, 'unauthorized')
    for (const id of ['%00', 'x'.repeat(9_000)]) {
      assert.deepEqual(named(await ask('GET', `/v1/posts/${id}`)), ['path.task_id'])
      assert.deepEqual(named(await ask('GET', `/v1/farm-profiles/${id}`)), ['path.profile_id'])
    }
  })

  await t.test('a body that is not UTF-8 is refused and nothing of it stored', async () => {
    const before = await posts()
    const text = JSON.stringify(postBody(profile.id, { title: 'R\u00fcbli' }))
    for (const bytes of [Buffer.from(text, 'latin1'), Buffer.from(text, 'utf16le'), Buffer.from([0x7b, 0xff, 0x7d])]) {
      const error = refused(await raw('POST', '/v1/posts', bytes), 400, 'malformed_json')
      if (bytes.length === text.length) assert.match(error.message, /UTF-8/)
    }
    assert.equal(await posts(), before)
    ok(await raw('POST', '/v1/posts', Buffer.from(`\ufeff${text}`)), 202)
  })

  await t.test('NUL and halves of surrogate pairs are refused by name', async () => {
    for (const bad of ['\\u0000', '\\ud800', 'x\\udc00y']) {
      const text = JSON.stringify(postBody(profile.id, { title: '?' })).replace('"?"', `"${bad}"`)
      const error = refused(await raw('POST', '/v1/posts', text), 422, 'validation_error')
      assert.deepEqual(
        error.details.map(({ path }) => path),
        ['title'],
      )
    }
  })

  await t.test('a compressed body is refused in so many words', async () => {
    const zipped = gzipSync(JSON.stringify(postBody(profile.id)))
    for (const encoding of ['gzip', 'br', 'GZIP, identity']) {
      const error = refused(
        await raw('POST', '/v1/posts', zipped, { 'content-encoding': encoding }),
        415,
        'unsupported_media_type',
      )
      assert.match(error.message, /compressed/)
    }
    ok(await raw('POST', '/v1/posts', JSON.stringify(postBody(profile.id)), { 'content-encoding': 'identity' }), 202)
  })

  await t.test('dangerous member names are refused by name, in every body', async () => {
    const { params = {} } = (await workRecipes['POST /v1/work/{work_id}/submit']?.(croft, croft.team)) ?? {}
    const { key } = await managerOf(croft, croft.team)
    for (const name of ['__proto__', 'constructor', 'prototype']) {
      const own = `{"${name}": {"admin": true}, "title": "x"}`
      for (const [method, path] of [
        ['POST', '/v1/posts'],
        ['PATCH', '/v1/team'],
        ['POST', '/api/ext/bundles'],
      ] as const)
        assert.equal(messages(await raw(method, path, own))[name], 'is a name that no member may have', `${method} ${path}`)
      const bulk = ok(await raw('POST', '/v1/posts/bulk', `{"posts": [${own}]}`))['results'] as [{ error: Body['error'] }]
      assert.ok(bulk[0].error.details.some(({ path }) => path === name))
      const values = await raw('POST', `/v1/work/${params['work_id'] ?? ''}/submit`, `{"values": {"${name}": "x"}}`, {
        'x-api-key': key,
      })
      assert.deepEqual(messages(values), { [`values.${name}`]: 'is a name that no member may have' })
    }
  })

  await t.test('messages are for people', async () => {
    const country = await ask('POST', '/api/ext/bundles', { bundle_type: 'account_only', country: 'usa', owner: ' ' })
    assert.equal(messages(country)['country'], 'must be two letters such as US')
    assert.equal(messages(country)['owner'], 'must not be blank')
    const pacing = await ask('PATCH', '/v1/team', { pacing: { min_gap: 'soon', max_per_day: 0 } })
    assert.deepEqual(messages(pacing), {
      'pacing.min_gap': 'must be a duration such as 0s, 15m or 7d',
      'pacing.max_per_day': 'must be at least 1',
    })
    const kinds = await ask('POST', '/v1/posts', postBody(nobody, { title: 7, is_live: 'yes', execute_at: 'noon' }))
    assert.equal(messages(kinds)['title'], 'must be a string')
    assert.equal(messages(kinds)['is_live'], 'must be true or false')
    for (const answer of [await ask('POST', '/v1/posts'), await raw('POST', '/v1/posts', 'null')])
      assert.deepEqual(messages(answer), { '': 'a JSON object is required as the body, with Content-Type: application/json' })
    assert.match(refused(await raw('POST', '/v1/posts', ''), 400, 'malformed_json').message, /^The body is empty/)
    assert.deepEqual(messages(await raw('POST', '/v1/posts', '[]')), { '': 'the body must be a JSON object' })
  })

  await t.test('a title of blanks is refused', async () => {
    for (const title of [' ', '\n\t', '\u00a0\u2003']) {
      assert.deepEqual(messages(await ask('POST', '/v1/posts', postBody(profile.id, { title }))), { title: 'must not be blank' })
      const bundle = await ask('POST', '/api/ext/bundles', {
        bundle_type: 'account_only',
        country: 'US',
        owner: 'B',
        platform: 'tiktok',
        title,
      })
      assert.deepEqual([bundle.status, messages(bundle)], [400, { title: 'must not be blank' }])
    }
  })

  await t.test('a dry run by another name is refused, and by the vendor’s name honoured, on every write', async () => {
    const before = await posts()
    for (const header of ['x-infinipost-dry-run', 'dry-run', 'x-dryrun', 'x-tok-portal-dry-run', 'x_dry_run'])
      for (const [method, path] of [
        ['POST', '/v1/posts'],
        ['DELETE', '/v1/sandbox/faults'],
      ] as const) {
        const answer = await ask(method, path, method === 'POST' ? postBody(profile.id) : undefined, { [header]: 'true' })
        assert.deepEqual(named(answer), [`header.${header}`])
      }
    for (const value of ['true', 'false']) {
      const both = { 'x-dry-run': value, 'x-tokportal-dry-run': value }
      assert.equal(ok(await ask('POST', '/v1/posts', postBody(profile.id), both), 202)['dry_run'] === true, value === 'true')
    }
    assert.equal(await posts(), before + 1)
    const vendor = { 'x-tokportal-dry-run': 'true' }
    assert.equal(ok(await ask('POST', '/v1/posts', postBody(profile.id), vendor), 202)['dry_run'], true)
    const unlike = await ask('POST', '/v1/posts', postBody(profile.id), { ...vendor, 'x-dry-run': 'false' })
    assert.deepEqual(named(unlike), ['header.x-tokportal-dry-run'])
    assert.deepEqual(named(await ask('POST', '/v1/posts', postBody(profile.id), { 'x-tokportal-dry-run': 'yes' })), [
      'header.x-tokportal-dry-run',
    ])
    assert.equal(await posts(), before + 1)
    const writes = (await operations(croft)).filter(({ method, keyed }) => method !== 'GET' && keyed)
    for (const one of writes) {
      const { key } = one.path.startsWith('/v1/work') ? await managerOf(croft, croft.team) : croft
      const path = one.path.replaceAll(/\{[^}]+\}/g, nobody)
      const answer = await raw(one.method, path, '{}', { 'x-api-key': key, 'x-vendor-dry-run': 'true' })
      assert.deepEqual(
        answer.body.error.details.map((each) => each.path),
        ['header.x-vendor-dry-run'],
        `${one.method} ${one.path}`,
      )
    }
  })

  await t.test('a team’s Idempotency-Key is never a manager’s, however it is written', async () => {
    const { params = {} } = (await workRecipes['POST /v1/work/{work_id}/claim']?.(croft, croft.team)) ?? {}
    const { key } = await managerOf(croft, croft.team)
    const [{ id } = { id: '' }] = await croft.ctx.db.selectFrom('managers').select('id').execute()
    const headers = { 'x-api-key': key, 'idempotency-key': 'same' }
    ok(await ask('POST', `/v1/work/${params['work_id'] ?? ''}/claim`, undefined, headers))
    for (const own of ['same', `${id} same`, `${id}\tsame`, `${id}same`]) {
      const answer = await ask('PATCH', '/v1/team', { pacing: { max_per_day: null } }, { 'idempotency-key': own })
      if (own.includes('\t')) assert.deepEqual(named(answer), ['header.idempotency-key'])
      else assert.equal(ok(answer)['name'], 'test')
    }
    const again = await ask('POST', `/v1/work/${params['work_id'] ?? ''}/claim`, undefined, headers)
    assert.equal(again.headers.get('idempotent-replayed'), 'true')
  })
})
