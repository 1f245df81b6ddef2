import assert from 'node:assert/strict'
import { chmod, chown, mkdir, rename, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { startEmbedded } from '../../../src/db/embedded/index.ts'
import { prepareSocketDir, removeSocketDir } from '../../../src/db/embedded/socket-dir.ts'
import { databaseUser, nobody } from '../../../src/db/embedded/user.ts'
import { freshDataDir, host, onlyAsRoot, ordinaryUser, reachableCheckout, start } from './support.ts'

const fails = (dataDir: string, message: RegExp, explicit = true): Promise<void> =>
  assert.rejects(startEmbedded({ dataDir, explicit, log: () => undefined }), { name: 'EmbeddedDatabaseError', message })

test('a cluster of another major version is refused with the way out', async (t) => {
  const dataDir = await freshDataDir(t)
  await (await start(dataDir)).stop()
  await writeFile(join(dataDir, 'postgres/PG_VERSION'), '17\n')
  await fails(dataDir, /made by Postgres 17.*pg_dump/s)
})

test('a folder that is no database is left alone', async (t) => {
  const dataDir = await freshDataDir(t)
  await mkdir(join(dataDir, 'postgres'))
  await writeFile(join(dataDir, 'postgres/notes.txt'), 'mine')
  await fails(dataDir, /holds files but no Postgres database/)
})

test("a server that does not start is told with the end of its log, and the next start's log alone", async (t) => {
  const dataDir = await freshDataDir(t)
  await (await start(dataDir)).stop()
  const [control, away] = [join(dataDir, 'postgres/global/pg_control'), join(dataDir, 'postgres/global/away')]
  await rename(control, away)
  await fails(dataDir, /does not start.*postgres\.log.*pg_control/s)
  await rename(away, control)
  assert.equal((await start(dataDir)).started, true)
})

test('a folder for the socket that others may enter is refused', async (t) => {
  const user = await databaseUser()
  const cluster = `/nowhere/${String(process.pid)}/postgres`
  const path = await prepareSocketDir(cluster, user)
  t.after(() => removeSocketDir(path))
  assert.ok(path.startsWith(tmpdir()))
  await chmod(path, 0o777)
  await assert.rejects(prepareSocketDir(cluster, user), /mode 777.*Remove it/)
})

test("a folder for the socket of another user's is refused", { skip: onlyAsRoot }, async (t) => {
  const cluster = `/nowhere/${String(process.pid)}/other`
  const path = await prepareSocketDir(cluster, await nobody())
  t.after(() => removeSocketDir(path))
  await chown(path, 12345, 12345)
  await assert.rejects(prepareSocketDir(cluster, await nobody()), /uid 12345/)
})

test('a chosen folder that the database user cannot reach is refused, naming what blocks', { skip: onlyAsRoot }, async (t) => {
  const outer = await freshDataDir(t)
  await chmod(outer, 0o700)
  await fails(join(outer, 'data'), new RegExp(`${outer} keeps that user out.*chmod o\\+x ${outer}`, 's'))
})

test('the default folder is opened for the database user', { skip: onlyAsRoot }, async (t) => {
  const dataDir = await freshDataDir(t)
  await chmod(dataDir, 0o700)
  assert.equal((await start(dataDir, false)).started, true)
})

test('a data directory that cannot be written is told as such', async (t) => {
  const dataDir = await freshDataDir(t)
  await chmod(dataDir, 0o555)
  const user = await ordinaryUser()
  const { error } = await host(dataDir, user ? { user, home: await reachableCheckout(t, user) } : {}).answer
  await chmod(dataDir, 0o755)
  assert.match(error ?? '', /EmbeddedDatabaseError.*EACCES.*can write to CROFT_DATA_DIR/)
})

test("an ordinary user is told whose a root's database is", { skip: onlyAsRoot }, async (t) => {
  const dataDir = await freshDataDir(t)
  await (await start(dataDir)).stop()
  await chown(join(dataDir, 'postgres'), 12345, 12345)
  const user = await ordinaryUser()
  assert.ok(user)
  const { error } = await host(dataDir, { user, home: await reachableCheckout(t, user) }).answer
  assert.match(error ?? '', /belongs to uid 12345 and this is uid \d+.*chown/)
})
