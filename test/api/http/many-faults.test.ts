import assert from 'node:assert/strict'
import { test } from 'node:test'
import { managerOf } from '../../promises/support/work-recipes.ts'
import { api, nobody, ok, postBody, type Answer } from '../support/client.ts'

/** Members that no route knows, in just under 1 MiB. */
const unknown = Object.fromEntries(Array.from({ length: 90_000 }, (_, n) => [`m${n}`, 1]))
const values = Object.fromEntries(Array.from({ length: 70_000 }, (_, n) => [`m${n}`, []]))
const list = <T>(length: number, one: T): T[] => Array.from({ length }, () => one)

const bodies: Record<string, { method: string; path: string; body: unknown; faults: number }> = {
  'a new post': { method: 'POST', path: '/v1/posts', body: unknown, faults: 90_006 },
  'a change of a post': { method: 'PATCH', path: `/v1/posts/${nobody}`, body: unknown, faults: 0 },
  'a new profile': { method: 'POST', path: '/v1/farm-profiles', body: unknown, faults: 90_002 },
  'an edit of an account': { method: 'PATCH', path: `/v1/accounts/${nobody}/profile`, body: unknown, faults: 0 },
  'a route without a body': { method: 'DELETE', path: '/v1/sandbox/faults', body: unknown, faults: 90_000 },
  'an endpoint’s events': {
    method: 'POST',
    path: '/v1/webhook-endpoints',
    body: { url: 'https://hooks.example.com/', events: list(300_000, 1) },
    faults: 300_001,
  },
  'a manager’s values': { method: 'POST', path: `/v1/work/${nobody}/submit`, body: { values }, faults: 70_001 },
}

/** Bounds the processor's time, in which the load of the machine does not count. It was half a minute. */
async function atOnce(work: () => Promise<Answer>): Promise<Answer> {
  const before = process.cpuUsage()
  const answer = await work()
  const { user, system } = process.cpuUsage(before)
  assert.ok(user + system < 6_000_000, `it took ${(user + system) / 1_000} ms of the processor's time`)
  return answer
}

test('a body of many faults is refused at once, with the first hundred', async (t) => {
  const { ask, croft } = await api(t)
  const { key: managerKey } = await managerOf(croft, croft.team)
  for (const [name, { method, path, body, faults }] of Object.entries(bodies)) {
    await t.test(name, async () => {
      const headers = path.startsWith('/v1/work') ? { 'x-api-key': managerKey } : {}
      const answer = await atOnce(() => ask(method, path, body, headers))
      assert.ok(JSON.stringify(answer.body).length < 65_536, 'the answer is small')
      assert.equal(answer.status, faults === 0 ? 404 : 422)
      if (faults === 0) return
      const { details } = answer.body.error
      assert.equal(details.length, 101)
      assert.deepEqual(details.at(-1), { path: '', message: `and ${faults - 100} more faults, not listed here` })
    })
  }

  await t.test('of many posts at once', async () => {
    const entry = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`${n}`, 1]))
    const answer = await atOnce(() => ask('POST', '/v1/posts/bulk', { posts: list(500, entry) }))
    const results = ok(answer)['results'] as { error: { details: { path: string; message: string }[] } }[]
    assert.equal(results.length, 500)
    for (const { error } of results) {
      assert.equal(error.details.length, 21)
      assert.equal(error.details.at(-1)?.message, 'and 186 more faults, not listed here')
    }
    assert.ok(JSON.stringify(answer.body).length < 3_000_000)
  })

  await t.test('a name of a megabyte is told in short', async () => {
    const answer = await ask('POST', '/v1/posts', { ['x'.repeat(1_000_000)]: 1 })
    assert.equal(answer.status, 422)
    assert.ok(JSON.stringify(answer.body).length < 4_096)
  })

  await t.test('what else is wrong is told with few faults', async () => {
    const { body } = await ask('POST', '/v1/posts', postBody(nobody, { extra: 1, execute_at: 5 }))
    assert.deepEqual(body.error.details.map(({ path }) => path).sort(), ['execute_at', 'extra'])
  })
})
