import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runSuite, suiteEnvironment } from './suite.ts'
import { until } from './wait.ts'

/** Runs the suite on a Postgres server: the one in TEST_DATABASE_URL, else one of Debian's packages, started for the run in a temporary folder. */

const isRoot = process.getuid?.() === 0

async function binaries(): Promise<string> {
  const root = '/usr/lib/postgresql'
  const find = async () =>
    (await readdir(root).catch(() => [])).filter((name) => Number(name) >= 15).sort((a, b) => Number(b) - Number(a))[0]
  let found = await find()
  if (found === undefined && isRoot) {
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'postgresql']])
      spawnSync('apt-get', args, { stdio: 'inherit' })
    found = await find()
  }
  if (found === undefined)
    throw new Error(
      'No Postgres server of version 15 or later is installed. Install one (apt-get install postgresql), or set TEST_DATABASE_URL.',
    )
  return join(root, found, 'bin')
}

/** Postgres refuses to run as root; Debian's package brings a user of its own. */
function asPostgres(): { uid?: number; gid?: number } {
  if (!isRoot) return {}
  const number = (flag: string) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout.trim())
  return { uid: number('-u'), gid: number('-g') }
}

async function startServer(): Promise<{ url: string; stop: () => Promise<void> }> {
  const bin = await binaries()
  const user = asPostgres()
  const folder = await mkdtemp(join(suiteEnvironment(process.env)['TMPDIR'] ?? tmpdir(), 'croft-pg-'))
  if (user.uid !== undefined && user.gid !== undefined) await chown(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  const made = spawnSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C'], {
    ...user,
    cwd: folder,
    encoding: 'utf8',
  })
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`)
  const server: ChildProcess = spawn(
    join(bin, 'postgres'),
    ['-D', data, '-k', folder, '-c', 'listen_addresses=', '-c', 'max_connections=300'],
    { ...user, cwd: folder, stdio: 'ignore' },
  )
  const url = `postgresql://postgres@localhost/postgres?host=${encodeURIComponent(folder)}`
  const ready = () => spawnSync(join(bin, 'pg_isready'), ['-h', folder, '-U', 'postgres']).status === 0
  await until(ready, { timeoutMs: 30_000, what: 'the Postgres server' })
  return {
    url,
    async stop() {
      const ended = once(server, 'exit')
      server.kill('SIGINT')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const given = process.env['TEST_DATABASE_URL']
const server = given ? { url: given, stop: () => Promise.resolve() } : await startServer()
try {
  process.exitCode = await runSuite(process.argv.slice(2), { ...process.env, TEST_DATABASE_URL: server.url })
} finally {
  await server.stop()
}
