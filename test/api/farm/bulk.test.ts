import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { api, named, nobody, ok, postBody } from '../support/client.ts'
import { readyProfile } from '../../support/ready-profile.ts'

type Result = { index: number; task_id?: string | null; error?: { code: string; details?: { path: string }[] } }

const count = async (one: Awaited<ReturnType<typeof api>>): Promise<number> =>
  (await one.croft.ctx.db.selectFrom('posts').select('id').execute()).length

suite('POST /v1/posts/bulk', () => {
  test('takes 500, refuses 501', async (t) => {
    const one = await api(t)
    const { id } = await readyProfile(one.croft.ctx, one.croft.team)
    const body = (n: number) => ({ posts: Array.from({ length: n }, () => postBody(id)) })
    assert.deepEqual(named(await one.ask('POST', '/v1/posts/bulk', body(501))), ['posts'])
    const results = ok(await one.ask('POST', '/v1/posts/bulk', body(500)))['results'] as Result[]
    assert.deepEqual(
      results.map(({ index }) => index),
      Array.from({ length: 500 }, (_, index) => index),
    )
    assert.equal(new Set(results.map(({ task_id }) => task_id)).size, 500)
    assert.equal(await count(one), 500)
  })

  test('each entry stands or falls by itself, and one key covers all', async (t) => {
    const one = await api(t)
    const { id } = await readyProfile(one.croft.ctx, one.croft.team)
    const posts = [
      postBody(id, { title: '🥖'.repeat(2_200) }),
      postBody(id, { title: 7, execute_at: 5, caption: '' }),
      postBody(nobody),
      'no object',
      postBody(id, { media_url: 'https://127.0.0.1/a', title: 'a\u0000' }),
      postBody(id, { description: '\u0000' }),
      postBody(id),
    ]
    const ask = () => one.ask('POST', '/v1/posts/bulk', { posts }, { 'idempotency-key': 'many' })
    const first = await ask()
    const results = ok(first)['results'] as Result[]
    assert.deepEqual(
      results.map(({ error }) => error?.code ?? null),
      [null, 'validation_error', 'profile_not_found', 'validation_error', 'validation_error', 'validation_error', null],
    )
    assert.deepEqual(results[1]?.error?.details?.map(({ path }) => path).sort(), ['caption', 'execute_at', 'title'])
    assert.equal(await count(one), 2)
    const again = await ask()
    assert.equal(again.headers.get('idempotent-replayed'), 'true')
    assert.deepEqual(again.body, first.body)
    assert.equal(await count(one), 2)
  })

  test('a dry run makes nothing and shows no id', async (t) => {
    const one = await api(t)
    const { id } = await readyProfile(one.croft.ctx, one.croft.team)
    const dry = ok(await one.ask('POST', '/v1/posts/bulk', { posts: [postBody(id), {}] }, { 'x-dry-run': 'true' }))
    const results = dry['results'] as Result[]
    assert.deepEqual([results[0], results[1]?.error?.code], [{ index: 0, task_id: null, warnings: [] }, 'validation_error'])
    assert.equal(await count(one), 0)
  })
})
