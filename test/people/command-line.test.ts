import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import type { Connection } from '../../src/db/connect.ts'
import { testCroft, testTeam } from '../support/croft.ts'
import { bodyOf } from './support.ts'

const run = promisify(execFile)

const urlOf = (connection: Connection): string =>
  'url' in connection
    ? connection.url
    : `postgresql://${connection.user}@localhost:${connection.port}/${connection.database}?host=${encodeURIComponent(connection.host)}`

test('croft managers add and deactivate, beside a running server', async (t) => {
  const server = await testCroft({ work: false })
  t.after(() => server.stop())
  await testTeam(server.ctx, 'second')
  const env = { ...process.env, DATABASE_URL: urlOf(server.database.connection), CROFT_DATA_DIR: server.dataDir }
  const croft = (...args: string[]) => run(process.execPath, ['bin/croft.js', 'managers', ...args], { env })
  const keyIn = (printed: { stdout: string }) => printed.stdout.trimEnd().split('\n').at(-1) ?? ''
  const first = keyIn(await croft('add', '--team', 'test', '--name', 'Ana'))
  const second = keyIn(await croft('add', '--team', 'second', '--name', 'Ana'))
  for (const key of [first, second]) {
    assert.match(key, /^croft_[0-9A-Za-z]{46}$/)
    const answer = await server.request('GET', '/v1/work', undefined, { authorization: `Bearer ${key}`, 'x-api-key': key })
    assert.deepEqual([answer.status, bodyOf(answer)], [200, { items: [], has_more: false, next_cursor: null }])
  }
  assert.equal((await server.ctx.db.selectFrom('manager_teams').selectAll().execute()).length, 2)
  await assert.rejects(croft('add', '--team', 'nobody', '--name', 'Ana'), /No team is named nobody/)
  await croft('deactivate', '--name', 'Ana')
  for (const key of [first, second])
    assert.equal((await server.request('GET', '/v1/work', undefined, { 'x-api-key': key })).status, 401)
  await assert.rejects(croft('deactivate', '--name', 'Ana'), /No active manager is named Ana/)
  // Taken on again: a new key, and the named team alone.
  const again = keyIn(await croft('add', '--team', 'second', '--name', 'Ana'))
  assert.equal((await server.request('GET', '/v1/work', undefined, { 'x-api-key': first })).status, 401)
  assert.equal((await server.request('GET', '/v1/work', undefined, { 'x-api-key': again })).status, 200)
  assert.equal((await server.ctx.db.selectFrom('manager_teams').selectAll().execute()).length, 1)
})
