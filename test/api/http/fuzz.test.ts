import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { nobody, postBody } from '../support/client.ts'
import { routes } from '../support/routes.ts'
import { openWorld } from '../support/world.ts'

// Every code unit there is: NUL, halves of surrogate pairs, what Postgres and JSON like least.
const text = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)), maxLength: 40 })
const odd = fc.oneof(
  text,
  fc.jsonValue({ maxDepth: 2 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(
    '',
    '\u0000',
    '\ud800',
    '__proto__',
    -1,
    0,
    2 ** 53,
    1e308,
    nobody,
    `urn:uuid:${nobody}`,
    '9999-12-31T23:59:60Z',
    [],
    {},
  ),
)

/** A body that is right but for a few members, or not right at all. */
const around = (right: Record<string, unknown>) =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record(
        Object.fromEntries(
          Object.entries(right).map(([name, value]) => [
            name,
            fc.oneof({ weight: 3, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: odd }),
          ]),
        ),
        { requiredKeys: [] },
      ),
    },
    { weight: 1, arbitrary: fc.dictionary(text, odd, { maxKeys: 4 }) },
    { weight: 1, arbitrary: odd },
  )

const members: Record<string, Record<string, unknown>> = {
  'POST /v1/farm-profiles': {
    username: 'rye',
    email_auth_method: 'google',
    bio: 'x',
    account_name: 'x',
    platform: 'tiktok',
    driver: 'sandbox',
    profile_picture_url: null,
  },
  'PATCH /v1/farm-profiles/{profile_id}': { bio: 'x', profile_picture_url: null },
  'POST /v1/posts': postBody(nobody, {
    description: '#x',
    execute_at: null,
    is_live: true,
    privacy_level: 'x',
    is_ai_generated: true,
  }),
  'PATCH /v1/posts/{task_id}': { title: 'x', description: '', execute_at: null, sound_id: '7', privacy_level: null },
  'PATCH /v1/team': { warmup: { runs: 1 }, pacing: { max_per_day: 1 } },
  'POST /v1/api-keys': { name: 'x', scope: 'read', expires_at: '2999-01-01T00:00:00Z' },
  'POST /v1/media/inspect': { media_url: 'https://10.0.0.1/x', media_type: 'video' },
  'POST /v1/posts/bulk': { posts: [{}, postBody(nobody, { title: '\u0000' })] },
}

suite('whatever a body holds, the answer is documented and no 5xx', async () => {
  await test('of each route in turn', async (t) => {
    const world = await openWorld(t)
    for (const [route, { good, bad }] of Object.entries(routes)) {
      if (bad === undefined) continue
      const [method = ''] = route.split(' ')
      await t.test(route, async () => {
        const { path, body } = await good(world)
        const right = { ...(body as Record<string, unknown> | undefined), ...members[route] }
        if (route === 'POST /v1/posts') right['profile_id'] = world.ready.id
        await fc.assert(
          fc.asyncProperty(around(right), fc.constantFrom('true', 'false'), async (sent, dry) => {
            const { status } = await world.ask(method, path, sent, { 'x-dry-run': dry })
            assert.ok(status < 500, String(status))
          }),
          { numRuns: 25 },
        )
      })
    }
    await t.test('and of ids, queries and headers', () =>
      fc.assert(
        fc.asyncProperty(text, text, fc.constantFrom('posts', 'tasks', 'farm-profiles', 'api-keys'), async (one, two, list) => {
          const part = encodeURIComponent(one.toWellFormed()) || 'x'
          const query = `limit=${encodeURIComponent(two.toWellFormed())}&cursor=${part}&status=${part}`
          assert.ok((await world.ask('GET', `/v1/${list}?${query}`)).status < 500)
          const printable = two.replaceAll(/[^\u0020-\u007e\u00a0-\u00ff]/g, '')
          const answer = await world.croft.request('DELETE', `/v1/api-keys/${part.replaceAll('.', 'x')}`, undefined, {
            'idempotency-key': printable,
            'x-request-id': printable,
          })
          assert.ok(answer.status < 500)
        }),
        { numRuns: 50 },
      ),
    )
  })
})
