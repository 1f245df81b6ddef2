import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { testCroft, testTeam, type TestCroft } from '../support/croft.ts'
import { until } from '../support/wait.ts'
import { happen, heldEvent } from './support/events.ts'

let croft: TestCroft
before(async () => {
  croft = await testCroft({ work: false })
})
after(() => croft.stop())

interface Page {
  items: { event_id: string; type: string }[]
  has_more: boolean
  next_cursor: string | null
}
const page = async (query: string, key: string): Promise<Page> => {
  const { status, body } = await croft.request('GET', `/v1/events${query}`, undefined, { 'x-api-key': key })
  assert.equal(status, 200)
  return body as Page
}
/** Every event behind `from` once there are `count`: other transactions of the server may hold the end back. */
const eventually = (key: string, from: string | null, count: number): Promise<string[]> =>
  until(async () => {
    const { items } = await page(from === null ? '?limit=100' : `?limit=100&after=${from}`, key)
    return items.length >= count ? items.map((item) => item.event_id) : null
  })

test('events come oldest first, a page at a time, and every page says where to go on', async () => {
  const team = await testTeam(croft.ctx, 'pages')
  const ids: string[] = []
  for (let n = 0; n < 5; n += 1) ids.push(await happen(team.unit, n % 2 ? 'post.failed' : 'profile.updated', n))
  await eventually(team.key, null, 5)
  const first = await page('?limit=2', team.key)
  assert.deepEqual(
    first.items.map((item) => item.event_id),
    ids.slice(0, 2),
  )
  assert.deepEqual([first.has_more, first.next_cursor], [true, ids[1]])
  const last = await page(`?limit=3&after=${first.next_cursor ?? ''}`, team.key)
  assert.deepEqual(
    last.items.map((item) => item.event_id),
    ids.slice(2),
  )
  assert.deepEqual([last.has_more, last.next_cursor], [false, ids[4]])
  const none = await page(`?after=${ids[4] ?? ''}`, team.key)
  assert.deepEqual(none, { items: [], has_more: false, next_cursor: ids[4] })
  assert.deepEqual(
    (await page('?type=post.failed', team.key)).items.map((item) => item.event_id),
    [ids[1], ids[3]],
  )
})

test('another team’s event and none are the same 404; a type that does not exist is refused by name', async () => {
  const [mine, other] = [await testTeam(croft.ctx, 'mine'), await testTeam(croft.ctx, 'other')]
  const theirs = await happen(other.unit)
  const ask = async (id: string) =>
    (await croft.request('GET', `/v1/events?after=${id}`, undefined, { 'x-api-key': mine.key, 'x-request-id': 'same' })).body
  assert.deepEqual(await ask(theirs), await ask('0193a1b2-9e5f-7061-8c7d-8e9f0a1b2c3d'))
  assert.equal((await croft.request('GET', '/v1/events?type=post.publishd')).status, 422)
})

test('an early transaction that commits late is passed by nobody', async () => {
  const team = await testTeam(croft.ctx, 'late')
  const first = await happen(team.unit)
  await eventually(team.key, null, 1)
  const early = await heldEvent(croft.ctx, team.id)
  const earlyId = await early.write()
  const later = await happen(team.unit)
  assert.deepEqual((await page(`?after=${first}`, team.key)).items, [], 'the later one waits for the early one')
  await early.commit()
  assert.deepEqual(await eventually(team.key, first, 2), [earlyId, later])
})

test('of two transactions whose ids and numbers cross, neither is passed over', async () => {
  const team = await testTeam(croft.ctx, 'crossed')
  const first = await happen(team.unit)
  await eventually(team.key, null, 1)
  const earlyId = await heldEvent(croft.ctx, team.id, { drawEarly: true })
  const lateId = await heldEvent(croft.ctx, team.id)
  const inLate = await lateId.write()
  const inEarly = await earlyId.write()
  await earlyId.commit()
  const { items, next_cursor } = await page(`?after=${first}`, team.key)
  const seen = items.map((item) => item.event_id)
  assert.ok(!seen.includes(inLate), 'it is not committed')
  await lateId.commit()
  const rest = await eventually(team.key, next_cursor ?? first, 2 - seen.length)
  assert.deepEqual([...seen, ...rest].sort(), [inLate, inEarly].sort(), 'its number is lower, and yet it was not passed')
  assert.deepEqual(await eventually(team.key, first, 2), [...seen, ...rest], 'and a replay tells the same')
})

test('a reader that follows while many write at once sees every event exactly once', async () => {
  const team = await testTeam(croft.ctx, 'many')
  const seen: string[] = []
  const written = Promise.all(
    Array.from({ length: 8 }, async () => {
      const ids: string[] = []
      for (let n = 0; n < 40; n += 1) ids.push(await happen(team.unit))
      return ids
    }),
  )
  let cursor: string | null = null
  await until(
    async () => {
      const { items, next_cursor } = await page(cursor === null ? '?limit=7' : `?limit=7&after=${cursor}`, team.key)
      seen.push(...items.map((item) => item.event_id))
      cursor = next_cursor
      return seen.length >= 320
    },
    { timeoutMs: 30_000 },
  )
  assert.deepEqual([...seen].sort(), (await written).flat().sort())
})
