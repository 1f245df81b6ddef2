import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openTail } from '../../src/core/events/tail.ts'
import { testCroft, testTeam, type TestCroft } from '../support/croft.ts'
import { until } from '../support/wait.ts'
import { withoutDatabase } from '../support/without-database.ts'
import { happen } from './support/events.ts'
import { openStream } from './support/sse.ts'

let croft: TestCroft
before(async () => {
  croft = await testCroft({ work: false })
})
after(() => croft.stop())

const stream = (key: string, query = '', headers: Record<string, string> = {}) =>
  openStream(`${croft.address}/v1/events/stream${query}`, { 'x-api-key': key, ...headers })

test('events come as they happen, of the own team alone', async () => {
  const [team, other] = [await testTeam(croft.ctx, 'live'), await testTeam(croft.ctx, 'neighbour')]
  const live = await stream(team.key)
  await happen(other.scope)
  const id = await happen(team.scope, 'post.published', 7)
  const [message] = await until(() => live.messages.length > 0 && live.messages)
  assert.deepEqual([message?.id, message?.event], [id, 'post.published'])
  assert.deepEqual((message?.data as { data: unknown }).data, { n: 7 })
  assert.equal(live.messages.length, 1)
  live.close()
  await live.ended
})

test('it goes on behind Last-Event-ID, or behind the event that the query names', async () => {
  const team = await testTeam(croft.ctx, 'resume')
  const ids = [await happen(team.scope), await happen(team.scope), await happen(team.scope)]
  const [byHeader, byQuery] = [
    await stream(team.key, '', { 'last-event-id': ids[0] ?? '' }),
    await stream(team.key, `?after=${ids[1] ?? ''}`),
  ]
  await until(() => byHeader.messages.length === 2 && byQuery.messages.length === 1)
  assert.deepEqual(
    byHeader.messages.map((message) => message.id),
    ids.slice(1),
  )
  assert.deepEqual(
    byQuery.messages.map((message) => message.id),
    ids.slice(2),
  )
  for (const one of [byHeader, byQuery]) one.close()
  assert.equal((await stream(team.key, '', { 'last-event-id': 'yesterday' })).status, 422)
})

test('a team has ten streams at most, and a closed one gives its place back', async () => {
  const team = await testTeam(croft.ctx, 'bounded')
  const open = await Promise.all(Array.from({ length: 10 }, () => stream(team.key)))
  assert.equal((await stream(team.key)).status, 429)
  assert.equal((await stream((await testTeam(croft.ctx, 'another')).key)).status, 200)
  for (const one of open) one.close()
  await until(async () => (await stream(team.key)).status === 200)
})

test('a tail that the database failed at first hears all the same once it is back', async (t) => {
  const team = await testTeam(croft.ctx, 'healed')
  const tail = openTail(croft.ctx)
  t.after(() => tail.stop())
  await withoutDatabase(croft.database, () => assert.rejects(tail.listen(team.id)))
  // A connection of the pool that was cut may still fail the first who takes it.
  const ear = await until(() => tail.listen(team.id).catch(() => null), { what: 'a place in the events' })
  const happens = () =>
    until(() =>
      happen(team.scope).then(
        () => true,
        () => false,
      ),
    )
  await happens()
  assert.equal(await ear.next(10_000, new AbortController().signal), 'event')
  ear.close()
})

test('streams end cleanly when the server stops', async () => {
  const own = await testCroft({ work: false })
  const live = await openStream(`${own.address}/v1/events/stream`, { 'x-api-key': own.key })
  await own.stop()
  await live.ended
})
