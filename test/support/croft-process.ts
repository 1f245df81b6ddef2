import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { freePort } from '../../bench/free-port.ts'
import { connectionUrl } from './connection-url.ts'
import type { TestDatabase } from './database.ts'
import { until } from './wait.ts'

const root = join(import.meta.dirname, '../..')

/** The environment of the tests without settings of Croft's, and these. */
export const environment = (settings: Record<string, string>): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('CROFT_') && name !== 'DATABASE_URL')),
  ...settings,
})

export interface ServeProcess {
  address: string
  child: ChildProcess
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

/** `croft serve` in a process of its own, on a test's database; killed at the end of the test. Resolves when it answers. */
export async function serveProcess(
  t: TestContext,
  database: TestDatabase,
  settings: Record<string, string>,
  stdio: StdioOptions,
): Promise<ServeProcess> {
  const port = await freePort()
  const address = `http://127.0.0.1:${port}`
  const env = environment({ DATABASE_URL: connectionUrl(database.connection), PORT: String(port), ...settings })
  const child = spawn(process.execPath, ['bin/croft.js', 'serve'], { cwd: root, env, stdio })
  const ended = once(child, 'exit').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }))
  t.after(() => child.kill('SIGKILL'))
  const answers = () =>
    fetch(`${address}/healthz`).then(
      (response) => response.ok,
      () => false,
    )
  await until(async () => child.exitCode !== null || (await answers()), { timeoutMs: 60_000, what: 'croft serve' })
  return { address, child, ended }
}
