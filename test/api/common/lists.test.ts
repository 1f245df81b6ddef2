import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { api, named, ok, type Api } from '../support/client.ts'
import { accept } from '../../support/posts.ts'
import { newUsername, readyProfile } from '../../support/ready-profile.ts'

const lists = ['/v1/farm-profiles', '/v1/posts', '/v1/tasks', '/v1/api-keys']
const idOf = (item: Record<string, unknown>) => String(item['profile_id'] ?? item['task_id'] ?? item['api_key_id'])

/** Every page of a list, `limit` at a time. */
async function pages(one: Api, path: string, limit: number): Promise<Record<string, unknown>[][]> {
  const found: Record<string, unknown>[][] = []
  for (let cursor: string | null = null; ;) {
    const after = cursor === null ? '' : `&cursor=${cursor}`
    const page = ok(await one.ask('GET', `${path}?limit=${limit}${after}`))
    found.push(page['items'] as Record<string, unknown>[])
    assert.equal(page['has_more'], page['next_cursor'] !== null)
    if (page['next_cursor'] === null) return found
    cursor = page['next_cursor'] as string
  }
}

suite('lists', () => {
  test('an empty one, and bad values of limit and cursor', async (t) => {
    const one = await api(t)
    for (const path of lists) {
      if (path !== '/v1/api-keys')
        assert.deepEqual(ok(await one.ask('GET', path)), { items: [], has_more: false, next_cursor: null })
      for (const limit of ['0', '101', '-1', '1.5', 'x', '', '1e9', '1&limit=2'])
        assert.deepEqual(named(await one.ask('GET', `${path}?limit=${limit}`)), ['query.limit'], limit)
      for (const cursor of ['x', '', '%00', Buffer.from('x').toString('base64url')])
        assert.deepEqual(named(await one.ask('GET', `${path}?cursor=${cursor}`)), ['query.cursor'])
      assert.deepEqual(named(await one.ask('GET', `${path}?page=1&limit=0`)), ['query.limit', 'query.page'])
      ok(await one.ask('GET', `${path}?limit=1`))
      ok(await one.ask('GET', `${path}?limit=100`))
    }
  })

  test('newest first, whole and without doubles, page by page', async (t) => {
    const one = await api(t)
    const { ctx, team } = one.croft
    for (let n = 0; n < 5; n += 1) {
      ok(await one.ask('POST', '/v1/farm-profiles', { username: newUsername(), email_auth_method: 'google' }), 201)
      ok(await one.ask('POST', '/v1/api-keys', { name: `key ${n}` }), 201)
    }
    const profile = await readyProfile(ctx, team)
    for (let n = 0; n < 6; n += 1) await accept(team, profile)
    for (const path of lists) {
      const all = (await pages(one, path, 100)).flat()
      assert.ok(all.length >= 6, path)
      const dates = all.map((item) => String(item['created_at']))
      assert.deepEqual(dates, dates.toSorted().reverse())
      for (const limit of [1, 2, all.length]) {
        const found = await pages(one, path, limit)
        assert.deepEqual(found.flat().map(idOf), all.map(idOf))
        assert.equal(found.length, Math.ceil(all.length / limit))
      }
    }
    const timeline = await pages(one, `/v1/farm-profiles/${profile.id}/timeline`, 2)
    assert.ok(timeline.length > 1)
  })

  test('filters', async (t) => {
    const one = await api(t)
    const { ctx, team } = one.croft
    const [a, b] = [await readyProfile(ctx, team), await readyProfile(ctx, team, { platform: 'instagram' })]
    const [first, second] = [await accept(team, a), await accept(team, b)]
    ok(await one.ask('POST', `/v1/posts/${first.id}/cancel`))
    const ids = async (path: string) =>
      (ok(await one.ask('GET', path))['items'] as Record<string, unknown>[]).map((item) => item['task_id'])
    assert.deepEqual(await ids(`/v1/posts?profile_id=${a.id}`), [first.id])
    assert.deepEqual(await ids('/v1/posts?status=preparing'), [second.id])
    assert.deepEqual(await ids(`/v1/posts?status=preparing&profile_id=${a.id}`), [])
    assert.deepEqual(await ids(`/v1/tasks?profile_id=${b.id}&kind=publish`), [second.id])
    assert.deepEqual(await ids('/v1/tasks?status=canceled'), [first.id])
    assert.equal((ok(await one.ask('GET', '/v1/farm-profiles?status=ready'))['items'] as unknown[]).length, 2)
    assert.equal((ok(await one.ask('GET', '/v1/farm-profiles?status=failed'))['items'] as unknown[]).length, 0)
    assert.deepEqual(named(await one.ask('GET', '/v1/farm-profiles?status=warmish')), ['query.status'])
    assert.deepEqual(named(await one.ask('GET', '/v1/tasks?status=x&kind=y&profile_id=z')), [
      'query.kind',
      'query.profile_id',
      'query.status',
    ])
    assert.deepEqual(named(await one.ask('GET', `/v1/posts?profile_id=urn:uuid:${a.id}`)), ['query.profile_id'])
  })
})
