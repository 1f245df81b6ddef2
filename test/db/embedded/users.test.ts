import assert from 'node:assert/strict'
import { chmod, chown, cp, mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { packageFolder, prepareBinaries } from '../../../src/db/embedded/binaries.ts'
import { reachableTemporaryDir } from '../../../src/db/embedded/index.ts'
import { run } from '../../../src/db/embedded/run.ts'
import { databaseUser, nobody } from '../../../src/db/embedded/user.ts'
import {
  ask,
  copyOfCheckout,
  freshDataDir,
  gone,
  host,
  onlyAsRoot,
  ordinaryUser,
  pidOf,
  reachableCheckout,
  start,
  withoutLinks,
} from './support.ts'

const quiet = () => undefined

async function folder(t: TestContext): Promise<string> {
  const path = await reachableTemporaryDir('croft-test-')
  t.after(() => rm(path, { recursive: true, force: true }))
  return path
}

/** A copy of the installed package, as `npm ci --ignore-scripts` leaves it. */
async function bareInstall(t: TestContext): Promise<string> {
  const copy = join(await folder(t), 'package')
  await cp(await packageFolder(), copy, { recursive: true, verbatimSymlinks: true, filter: withoutLinks })
  return copy
}

const worksFor = async (initdb: string, as: { uid?: number; gid?: number }): Promise<void> => {
  for (const program of [initdb, join(initdb, '../postgres')]) {
    const { code, output } = await run(program, ['--version'], as)
    assert.equal(code, 0, output)
  }
}

test('an ordinary user makes, uses and stops a database', async (t) => {
  const user = await ordinaryUser()
  const dataDir = await freshDataDir(t)
  if (user) await chown(dataDir, user.uid, user.gid)
  const croft = host(dataDir, user ? { user, home: await reachableCheckout(t, user) } : {})
  const { connection, error } = await croft.answer
  assert.equal(error, undefined)
  assert.ok(connection)
  assert.equal((await ask(connection, 'select 1')).length, 1)
  assert.equal((await stat(join(dataDir, 'postgres'))).uid, user?.uid ?? process.getuid?.())
  const pid = await pidOf(dataDir)
  assert.ok(pid)
  await croft.stop()
  await gone(pid, dataDir)
})

test("root's server runs as nobody, and its files are nobody's", { skip: onlyAsRoot }, async (t) => {
  const dataDir = await freshDataDir(t)
  await start(dataDir)
  const { uid } = await nobody()
  assert.equal((await stat(join(dataDir, 'postgres'))).uid, uid)
  assert.equal((await stat(`/proc/${String(await pidOf(dataDir))}`)).uid, uid)
})

test("root uses an ordinary user's database as that user", { skip: onlyAsRoot }, async (t) => {
  const dataDir = await freshDataDir(t)
  await (await start(dataDir)).stop()
  const { code } = await run('chown', ['-R', '12345:12345', join(dataDir, 'postgres')])
  assert.equal(code, 0)
  const database = await start(dataDir)
  assert.equal(database.started, true)
  assert.equal((await stat(`/proc/${String(await pidOf(dataDir))}`)).uid, 12345)
})

test('an install without scripts is completed in place', async (t) => {
  const bare = await bareInstall(t)
  const [user, spare] = [await databaseUser(), await folder(t)]
  await chmod(join(bare, 'native/bin/postgres'), 0o644)
  const { initdb } = await prepareBinaries(user, spare, quiet, bare)
  assert.ok(initdb.startsWith(bare))
  assert.deepEqual(await readdir(spare), [])
  await worksFor(initdb, user.as)
})

test('programs where the database user cannot enter are copied once, by several at a time', { skip: onlyAsRoot }, async (t) => {
  const [bare, parent, user] = [await bareInstall(t), await folder(t), await nobody()]
  await chmod(join(bare, '..'), 0o700)
  const told: string[] = []
  const log = (line: string) => void told.push(line)
  const copies = await Promise.all([prepareBinaries(user, parent, log, bare), prepareBinaries(user, parent, log, bare)])
  assert.match(told[0] ?? '', /^Copying the database's programs to .*, once/)
  assert.equal(copies[0].initdb, copies[1].initdb)
  assert.ok(copies[0].initdb.startsWith(parent))
  assert.equal((await readdir(parent)).length, 1)
  await worksFor(copies[0].initdb, user.as)
  const before = await stat(copies[0].initdb)
  await mkdir(join(parent, (await readdir(parent)).join() + '.left-by-a-crash'))
  told.length = 0
  const again = await prepareBinaries(user, parent, log, bare)
  assert.deepEqual(told, [])
  assert.equal((await readdir(parent)).length, 1)
  assert.deepEqual([again.initdb, (await stat(again.initdb)).ino], [copies[0].initdb, before.ino])
})

test('an incomplete package that may not be written is completed in a copy beside the data', { skip: onlyAsRoot }, async (t) => {
  const user = await nobody()
  const home = await copyOfCheckout(await folder(t))
  const dataDir = await freshDataDir(t)
  await chown(dataDir, user.uid, user.gid)
  const croft = host(dataDir, { user, home })
  const { connection, error } = await croft.answer
  assert.equal(error, undefined)
  assert.ok(connection)
  assert.equal((await readdir(dataDir)).filter((name) => /^postgres-\d/.test(name)).length, 1)
  await croft.stop()
})
