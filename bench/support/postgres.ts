import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from '../free-port.ts'

const root = '/usr/lib/postgresql'

/** The newest of Debian's, 15 or later; installed where there is none and this is root. */
async function binaries(): Promise<string | null> {
  const find = async () => (await readdir(root).catch(() => [])).map(Number).filter((version) => version >= 15)
  if ((await find()).length === 0 && process.getuid?.() === 0)
    spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'postgresql'], { stdio: 'inherit' })
  const versions = await find()
  return versions.length === 0 ? null : join(root, String(Math.max(...versions)), 'bin')
}

/** Postgres refuses to run as root; Debian's package brings a user of its own. */
function user(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const number = (flag: string) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout.trim())
  return { uid: number('-u'), gid: number('-g') }
}

export interface PostgresServer {
  /** An administrator's connection. */
  url: string
  how: string
  /** Null where it is not the benchmark's own. */
  pid: number | null
  stop(): Promise<void>
}

/** The server in BENCH_DATABASE_URL, else one of Debian's packages in a temporary folder, over TCP. @returns null where there is none */
export async function postgresServer(): Promise<PostgresServer | null> {
  const given = process.env['BENCH_DATABASE_URL']
  if (given) return { url: given, how: 'BENCH_DATABASE_URL', pid: null, stop: () => Promise.resolve() }
  const bin = await binaries()
  if (bin === null) return null
  const who = user()
  const folder = await mkdtemp(join(tmpdir(), 'croft-bench-pg-'))
  if (who.uid !== undefined && who.gid !== undefined) await chown(folder, who.uid, who.gid)
  const data = join(folder, 'data')
  const options = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C']
  const made = spawnSync(join(bin, 'initdb'), options, { ...who, cwd: folder, encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`)
  const port = String(await freePort())
  const settings = ['listen_addresses=127.0.0.1', 'max_connections=200', 'shared_preload_libraries=pg_stat_statements']
  const flags = ['-D', data, '-k', folder, '-p', port, ...settings.flatMap((setting) => ['-c', setting])]
  const server = spawn(join(bin, 'postgres'), flags, { ...who, cwd: folder, stdio: 'ignore' })
  for (let tries = 0; spawnSync(join(bin, 'pg_isready'), ['-h', '127.0.0.1', '-p', port]).status !== 0; tries += 1) {
    if (tries > 300 || server.exitCode !== null) throw new Error('the Postgres server did not start')
    await wait(100)
  }
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    how: 'Debian’s package, default settings and pg_stat_statements, over TCP on loopback',
    pid: server.pid ?? null,
    async stop() {
      const ended = once(server, 'exit')
      server.kill('SIGINT')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}
