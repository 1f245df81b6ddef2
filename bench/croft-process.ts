import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from './free-port.ts'

const bin = new URL('../bin/croft.js', import.meta.url).pathname
const giveUpMs = 60_000

export interface CroftProcess {
  address: string
  /** From the spawn to the first 200 of /readyz. */
  readyMs: number
  /** The highest resident memory so far, in MB; NaN where the system has no /proc. */
  peakMb(): Promise<number>
  stop(): Promise<void>
}

const environment = (settings: Record<string, string>) => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('CROFT_') && name !== 'DATABASE_URL')),
  CROFT_RATE_LIMIT_PER_MINUTE: '0',
  CROFT_ALLOW_PRIVATE_NETWORK: 'true',
  CROFT_WARMUP_MAINTENANCE: '0s',
  ...settings,
})

async function isReady(address: string): Promise<boolean> {
  try {
    const response = await fetch(`${address}/readyz`)
    await response.arrayBuffer()
    return response.status === 200
  } catch (error) {
    // Nothing listens yet.
    if (error instanceof TypeError) return false
    throw error
  }
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  const hard = setTimeout(() => child.kill('SIGKILL'), giveUpMs)
  child.kill('SIGTERM')
  await ended
  clearTimeout(hard)
}

/** Runs `croft serve` as a process of its own. BENCH_NODE_OPTIONS goes to its node, e.g. `--cpu-prof --cpu-prof-dir=/tmp/profile`. */
export async function startCroft(settings: Record<string, string>): Promise<CroftProcess> {
  const port = await freePort()
  const address = `http://127.0.0.1:${port}`
  const flags = (process.env['BENCH_NODE_OPTIONS'] ?? '').split(' ').filter((flag) => flag !== '')
  const began = performance.now()
  const env = { ...environment(settings), PORT: String(port), LOG_LEVEL: 'warn' }
  // What it warns of with private addresses allowed is no news here; its errors are.
  const child = spawn(process.execPath, [...flags, bin, 'serve'], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  while (!(await isReady(address))) {
    if (child.exitCode !== null) throw new Error('croft serve ended before it was ready')
    if (performance.now() - began > giveUpMs) {
      await stopProcess(child)
      throw new Error('croft serve was not ready within a minute')
    }
    await wait(5)
  }
  return {
    address,
    readyMs: performance.now() - began,
    async peakMb() {
      const status = await readFile(`/proc/${child.pid ?? 0}/status`, 'utf8').catch(() => '')
      return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024
    },
    stop: () => stopProcess(child),
  }
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
