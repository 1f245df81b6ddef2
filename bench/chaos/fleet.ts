import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../free-port.ts'
import type { Postgres } from './postgres.ts'
import type { Random } from './random.ts'

export interface Fleet {
  /** Where the API processes listen. */
  addresses: string[]
  /** Kills a process without warning; it is started again. */
  killOne(random: Random): void
  kills: () => number
  /** How often a process ended that nobody killed. */
  fell: () => number
  stop(): Promise<void>
}

interface Member {
  env: NodeJS.ProcessEnv
  child: ChildProcess | null
  killed: boolean
}

/** The settings that all processes share. */
export const sharedSettings = (folder: string, postgres: Postgres, publicUrl: string): NodeJS.ProcessEnv => ({
  ...process.env,
  ...(postgres.dataDir === null ? { DATABASE_URL: postgres.url } : { CROFT_DATA_DIR: postgres.dataDir }),
  CROFT_SECRET_KEY: '11'.repeat(32),
  CROFT_MEDIA_STORE: join(folder, 'media'),
  CROFT_PUBLIC_URL: publicUrl,
  CROFT_ALLOW_PRIVATE_NETWORK: 'true',
  CROFT_RATE_LIMIT_PER_MINUTE: '0',
  CROFT_WARMUP_RUNS: '0',
  CROFT_WARMUP_MAINTENANCE: '0s',
  LOG_LEVEL: 'warn',
})

/** Starts the processes; one that ends, for whatever reason, is started again. */
export async function startFleet(
  folder: string,
  postgres: Postgres,
  size: { all: number; api: number; worker: number; leaseMs: number },
): Promise<Fleet> {
  const ports = await Promise.all(Array.from({ length: size.all + size.api }, freePort))
  const addresses = ports.map((port) => `http://127.0.0.1:${port}`)
  const shared = sharedSettings(folder, postgres, addresses[0] ?? '')
  const log = createWriteStream(join(folder, 'processes.log'))
  const member = (role: string, port: number, n: number): Member => ({
    env: {
      ...shared,
      CROFT_ROLE: role,
      PORT: String(port),
      CROFT_DATA_DIR: postgres.dataDir ?? join(folder, `${role}-${n}`),
      CHAOS_LEASE: String(size.leaseMs),
    },
    child: null,
    killed: false,
  })
  const members = [
    ...ports.map((port, n) => member(n < size.all ? 'all' : 'api', port, n)),
    ...Array.from({ length: size.worker }, (_, n) => member('worker', 0, n)),
  ]
  let stopping = false
  const over = () => stopping
  let [kills, fell] = [0, 0]
  const keep = async (one: Member) => {
    while (!over()) {
      const { CROFT_DATA_DIR: dir = folder } = one.env
      await mkdir(dir, { recursive: true })
      const child = spawn(process.execPath, [join(import.meta.dirname, 'process.ts')], {
        env: one.env,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      child.stdout.pipe(log, { end: false })
      child.stderr.pipe(log, { end: false })
      one.child = child
      await once(child, 'exit')
      if (!one.killed && !over()) fell += 1
      one.killed = false
      await pause(100)
    }
  }
  const keeping = members.map(keep)
  return {
    addresses,
    killOne(random) {
      kills += 1
      const one = random.pick(members)
      one.killed = one.child?.kill('SIGKILL') ?? false
    },
    kills: () => kills,
    fell: () => fell,
    async stop() {
      stopping = true
      for (const { child } of members) child?.kill('SIGKILL')
      await Promise.all(keeping)
      log.end()
    },
  }
}
