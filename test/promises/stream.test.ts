import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { readSettings } from '../../src/config/read.ts'
import { createKey, revokeKey } from '../../src/domain/keys/keys.ts'
import { recordEvent } from '../../src/kernel/record.ts'
import { commandLine } from '../../src/kernel/caller.ts'
import { openUnit } from '../../src/kernel/unit-of-work.ts'
import { createCroft } from '../../src/app/croft.ts'
import { openTail } from '../../src/domain/events/tail.ts'
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
  await happen(other.unit)
  const id = await happen(team.unit, 'post.published', 7)
  const [message] = await until(() => live.messages.length > 0 && live.messages)
  assert.deepEqual([message?.id, message?.event], [id, 'post.published'])
  assert.deepEqual((message?.data as { data: unknown }).data, { n: 7 })
  assert.equal(live.messages.length, 1)
  live.close()
  await live.ended
})

test('it goes on behind Last-Event-ID, or behind the event that the query names', async () => {
  const team = await testTeam(croft.ctx, 'resume')
  const ids = [await happen(team.unit), await happen(team.unit), await happen(team.unit)]
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

test('a stream ends when its key is revoked on another process, or expires; others go on', async () => {
  const settings = readSettings({ PORT: '0', LOG_LEVEL: 'silent', CROFT_DATA_DIR: croft.dataDir })
  const second = await createCroft({ ...settings, CROFT_ROLE: 'api' }, { connection: croft.database.connection })
  try {
    const team = await testTeam(croft.ctx, 'keys')
    const newKey = async () => {
      const { row, key } = await createKey(team.unit, { name: null, scope: 'read', expiresAt: null })
      return { id: row.id, live: await stream(key), again: () => stream(key) }
    }
    const [revoked, expired, good] = [await newKey(), await newKey(), await newKey()]
    await revokeKey(openUnit(second.ctx, commandLine(team.id)), revoked.id)
    await revoked.live.ended
    await sql`update api_keys set expires_at = now() where id = ${expired.id}`.execute(croft.ctx.db)
    await expired.live.ended
    assert.deepEqual([(await revoked.again()).status, (await expired.again()).status], [401, 401])
    const id = await happen(team.unit)
    await until(() => good.live.messages.some((message) => message.id === id))
    assert.ok([...revoked.live.messages, ...expired.live.messages].every((message) => message.id !== id))
    good.live.close()
  } finally {
    await second.stop(0)
  }
})

test('a reader that takes nothing is cut off when its key is revoked', async () => {
  const team = await testTeam(croft.ctx, 'stalled')
  const { row, key } = await createKey(team.unit, { name: null, scope: 'read', expiresAt: null })
  const first = await happen(team.unit)
  // Together more than the buffers of both sockets ever hold: the kernel grows them to some 37 MB.
  const text = 'x'.repeat(1_000_000)
  await team.unit.commit(async (tx) => {
    for (let n = 0; n < 64; n += 1) await recordEvent(tx, 'profile.updated', { text })
  })
  const { hostname, port } = new URL(croft.address)
  let theirs: Socket | undefined
  croft.croft.app.server.once('connection', (one: Socket) => (theirs = one))
  const socket = connect({ host: hostname, port: Number(port) })
  socket.on('error', () => undefined)
  socket.write(`GET /v1/events/stream?after=${first} HTTP/1.1\r\nHost: x\r\nX-API-Key: ${key}\r\n\r\n`)
  await once(socket, 'readable')
  await revokeKey(team.unit, row.id)
  await until(() => theirs?.destroyed)
  socket.destroy()
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
      happen(team.unit).then(
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
