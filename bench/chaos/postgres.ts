import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../../test/support/wait.ts'

/** How a server is lost: by a fast shutdown, an immediate one (no checkpoint), or SIGKILL. */
export type Loss = 'SIGINT' | 'SIGQUIT' | 'SIGKILL'

/** A Postgres server in a temporary folder. */
export interface Postgres {
  url: string
  /** The data directory of Croft processes, where the server is their embedded one; null for a server of its own. */
  dataDir: string | null
  /** Loses the server, and resolves when it is back. */
  lose(how: Loss): Promise<void>
  stop(): Promise<void>
}

async function binaries(): Promise<string> {
  const root = '/usr/lib/postgresql'
  const versions = (await readdir(root).catch(() => [])).filter((name) => Number(name) >= 15)
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0]
  if (newest === undefined) throw new Error('No Postgres server of version 15 or later is installed: apt-get install postgresql')
  return join(root, newest, 'bin')
}

/** Postgres refuses to run as root; Debian's package brings a user of its own. */
function asPostgres(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const number = (flag: string) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout.trim())
  return { uid: number('-u'), gid: number('-g') }
}

/** A server of the system's packages. @throws Error where none is installed */
export async function startPostgres(): Promise<Postgres> {
  const bin = await binaries()
  const user = asPostgres()
  const folder = await mkdtemp(join(tmpdir(), 'croft-chaos-pg-'))
  if (user.uid !== undefined && user.gid !== undefined) await chown(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  const made = spawnSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C'], {
    ...user,
    cwd: folder,
    encoding: 'utf8',
  })
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`)
  const ready = () => spawnSync(join(bin, 'pg_isready'), ['-h', folder, '-U', 'postgres']).status === 0
  const start = async (): Promise<ChildProcess> => {
    const options = ['-D', data, '-k', folder, '-c', 'listen_addresses=', '-c', 'max_connections=400']
    const child = spawn(join(bin, 'postgres'), options, { ...user, cwd: folder, stdio: 'ignore' })
    await until(ready, { timeoutMs: 30_000, what: 'the Postgres server' })
    return child
  }
  const end = async (child: ChildProcess, signal: NodeJS.Signals) => {
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }
  let server = await start()
  return {
    url: `postgresql://postgres@localhost/postgres?host=${encodeURIComponent(folder)}`,
    dataDir: null,
    async lose(how) {
      await end(server, how)
      server = await start()
    },
    async stop() {
      await end(server, 'SIGINT')
      await rm(folder, { recursive: true, force: true })
    },
  }
}
