import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from '../free-port.ts'

const root = new URL('../../', import.meta.url).pathname
const bin = `${root}bin/croft.js`
const withInstantDriver = new URL('instant-croft.ts', import.meta.url).pathname
const giveUpMs = 60_000

/** Flags that `npm start` gives to node. */
const { scripts } = JSON.parse(await readFile(`${root}package.json`, 'utf8')) as { scripts: { start: string } }
const nodeFlags = scripts.start.split(' ').filter((word) => word.startsWith('--'))

export interface CroftProcess {
  address: string
  pid: number
  /** From the spawn to the first 200 of /readyz. */
  readyMs: number
  /** With the instant driver: when it was asked to publish each post, epoch milliseconds. */
  askedAt: Map<string, number>
  stop(): Promise<void>
}

const environment = (settings: Record<string, string>) => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('CROFT_') && name !== 'DATABASE_URL')),
  CROFT_RATE_LIMIT_PER_MINUTE: '0',
  CROFT_ALLOW_PRIVATE_NETWORK: 'true',
  CROFT_WARMUP_MAINTENANCE: '0s',
  ...settings,
})

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url)
    await response.arrayBuffer()
    return response.status === 200
  } catch (error) {
    // Nothing listens yet.
    if (error instanceof TypeError) return false
    throw error
  }
}

/** Ends a process, by force after ten seconds: work that is left over is no matter here. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  const hard = setTimeout(() => child.kill('SIGKILL'), 10_000)
  child.kill('SIGTERM')
  await ended
  clearTimeout(hard)
}

interface Batch {
  ids: string[]
  at: number[]
}

/**
 * Runs `croft serve` as a process of its own. BENCH_NODE_OPTIONS goes to its node, e.g. `--cpu-prof --cpu-prof-dir=/tmp/profile`.
 * @param options.instant adds a driver named `instant`, which publishes as soon as it is asked
 */
export async function startCroft(settings: Record<string, string>, options: { instant?: boolean } = {}): Promise<CroftProcess> {
  const port = await freePort()
  const address = `http://127.0.0.1:${port}`
  const flags = [...nodeFlags, ...(process.env['BENCH_NODE_OPTIONS'] ?? '').split(' ').filter((flag) => flag !== '')]
  const began = performance.now()
  const env = { ...environment(settings), PORT: String(port), LOG_LEVEL: 'warn' }
  const command = options.instant ? [withInstantDriver] : [bin, 'serve']
  // Its warnings, such as that private addresses are allowed, go to standard output and are dropped; a crash is shown.
  const child = spawn(process.execPath, [...flags, ...command], {
    env,
    stdio: ['ignore', 'ignore', 'inherit', ...(options.instant ? (['ipc'] as const) : [])],
  })
  const askedAt = new Map<string, number>()
  child.on('message', ({ ids, at }: Batch) => {
    for (const [index, id] of ids.entries()) if (!askedAt.has(id)) askedAt.set(id, at[index] ?? Number.NaN)
  })
  // Without a worker nothing is ready, but requests are served.
  const url = `${address}/${settings['CROFT_ROLE'] === 'api' ? 'healthz' : 'readyz'}`
  while (!(await answers(url))) {
    if (child.exitCode !== null) throw new Error('croft serve ended before it was ready')
    if (performance.now() - began > giveUpMs) {
      await stopProcess(child)
      throw new Error('croft serve was not ready within a minute')
    }
    await wait(5)
  }
  return { address, pid: child.pid ?? 0, readyMs: performance.now() - began, askedAt, stop: () => stopProcess(child) }
}

/** `croft keys create`. @returns the key */
export async function createKey(settings: Record<string, string>, team: string): Promise<string> {
  const child = spawn(process.execPath, [bin, 'keys', 'create', '--team', team, '--create-team'], {
    env: environment(settings),
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`croft keys create ended with ${code ?? 'a signal'}`)
  return out.trim().split('\n').at(-1) ?? ''
}
