import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { statfsSync } from 'node:fs'
import { freemem } from 'node:os'

const memoryFolder = '/dev/shm'
const wanted = 4 * 1024 ** 3

/**
 * A folder in memory where the machine has room for one. Each test file has a database of its own, and ext4 takes longer
 * over the hundreds of files that each creates and removes than the tests take: four times the system time.
 */
function temporaryFolder(): { TMPDIR?: string } {
  try {
    const { bavail, bsize } = statfsSync(memoryFolder)
    return bavail * bsize > wanted && freemem() > wanted ? { TMPDIR: memoryFolder } : {}
  } catch {
    return {}
  }
}

/** What the test processes are given beside the environment, which wins. */
export const suiteEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  // Compiling Croft takes a third of the processor time of a test process that starts without a cache.
  NODE_COMPILE_CACHE: 'node_modules/.cache/compile',
  ...temporaryFolder(),
  ...env,
})

/** Runs the test files that are named, or all, in Node's runner. @returns its exit code */
export async function runSuite(files: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const named = files.length > 0 ? files : ['test/**/*.test.ts']
  const options = ['--test', '--test-concurrency=3', '--test-global-setup=test/support/global-setup.ts']
  const runner = spawn(process.execPath, [...options, ...named], { stdio: 'inherit', env: suiteEnvironment(env) })
  const [code] = (await once(runner, 'exit')) as [number | null]
  return code ?? 1
}
