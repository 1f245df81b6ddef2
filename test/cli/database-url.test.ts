import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { reachableTemporaryDir, startEmbedded, type EmbeddedDatabase } from '../../src/db/embedded/index.ts'
import { ask } from '../db/embedded/support.ts'
import { connectionUrl } from '../support/connection-url.ts'
import { freePort } from '../../bench/free-port.ts'
import { environment } from '../support/croft-process.ts'
import { startOldPostgres } from './old-postgres.ts'

const password = 'swordfish-47'
let dataDir: string
let clusterDir: string
let server: EmbeddedDatabase
let lines: string[] = []

before(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'croft-url-'))
  clusterDir = await reachableTemporaryDir('croft-url-pg-')
  server = await startEmbedded({ dataDir: clusterDir, explicit: false, log: (line) => void lines.push(line) })
  const hba = join(clusterDir, 'postgres/pg_hba.conf')
  await writeFile(hba, `local all guarded scram-sha-256\n${await readFile(hba, 'utf8')}`)
  await ask(server.connection, `create role guarded login password '${password}'`)
  await ask(server.connection, 'select pg_reload_conf()')
})
after(async () => {
  await server.stop()
  for (const path of [dataDir, clusterDir]) await rm(path, { recursive: true, force: true })
})

interface Ended {
  code: number
  stdout: string
  stderr: string
}

/** What a command said that cannot reach its database. */
const refused = (url: string, ...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const env = environment({ DATABASE_URL: url, CROFT_DATA_DIR: dataDir, PORT: '0' })
    execFile(process.execPath, ['bin/croft.js', ...args], { env, timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : -1, stdout, stderr }),
    )
  })

test('a database that cannot be used is told in one sentence with what to do', async (t) => {
  const old = await startOldPostgres('13.4 (Debian 13.4-1)')
  t.after(() => old.stop())
  const free = await freePort()
  const as = (user: string, secret: string, database: string) => {
    const url = new URL(connectionUrl({ ...server.connection, user, database }))
    url.password = secret
    return url.href
  }
  const cases: [url: string, says: RegExp][] = [
    [`postgresql://me:${password}@127.0.0.1:${free}/croft`, /^Nothing listens at 127\.0\.0\.1:\d+, .* Start Postgres there/],
    // A label of 64 letters is refused before anybody is asked.
    [`postgresql://me:${password}@${'x'.repeat(64)}/croft`, /^The host x+ in DATABASE_URL is unknown\. Correct it/],
    [as('guarded', `${password}8`, 'croft'), /refuses the user guarded \(password authentication failed.*Correct the user and/],
    [as('guarded', '', 'croft'), /requires a password for the user guarded, and DATABASE_URL has none/],
    [as('croft', password, 'nowhere'), /has no database named nowhere\. Create it \(createdb nowhere\)/],
    [`postgresql://me:${password}@127.0.0.1:${old.port}/croft`, /is version 13\.4 \(Debian 13\.4-1\); Croft needs 15 or later/],
    [
      `postgresql://croft:${password}@localhost/croft?host=${encodeURIComponent(dataDir)}`,
      /^Nothing listens at .*\.s\.PGSQL\.5432/,
    ],
  ]
  const commands = [['serve'], ['keys', 'list', '--team', 'x'], ['doctor'], ['migrate']]
  const asked = cases.map(async ([url, says], place) => {
    const args = commands[place % commands.length] ?? []
    const { code, stdout, stderr } = await refused(url, ...args)
    assert.equal(code, 1, url)
    assert.match(stderr, says)
    assert.equal(stderr.trimEnd().split('\n').length, 1, stderr)
    assert.doesNotMatch(stdout + stderr, /swordfish|^\s+at |node_modules/m)
  })
  await Promise.all(asked)
})

test('a first start says what it does, and a later one only what there is to do', async (t) => {
  const said = (line: RegExp) => lines.filter((one) => line.test(one)).length
  assert.deepEqual([said(/^Creating a new database in /), said(/^Starting the embedded database$/)], [1, 1])
  await server.stop()
  lines = []
  server = await startEmbedded({ dataDir: clusterDir, explicit: false, log: (line) => void lines.push(line) })
  assert.deepEqual(lines, ['Starting the embedded database'])
  const home = await mkdtemp(join(tmpdir(), 'croft-first-'))
  t.after(() => rm(home, { recursive: true, force: true }))
  await ask(server.connection, 'create database fresh')
  const url = connectionUrl({ ...server.connection, database: 'fresh' })
  const first = await refused(url, 'keys', 'list', '--team', 'x')
  assert.match(first.stderr, /^Updating the schema \(\d+ migrations\)\nNo team is named x/)
  const second = await refused(url, 'keys', 'list', '--team', 'x')
  assert.match(second.stderr, /^No team is named x/)
})
