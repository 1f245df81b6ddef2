import { fork } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Trap, WorkerOrder } from './killed-croft.ts'

// Shared between runs: what starts two dozen processes need not compile everything as often.
const compileCache = join(tmpdir(), 'croft-test-compile-cache')

export interface WorkerProcess {
  /** Begins to work; resolves when it has begun, or has ended before it could say so. */
  begin(): Promise<void>
  /** Has it kill itself there. */
  arm(trap: Trap): Promise<void>
  /** How it ended. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  /** Ends it, however it stands. */
  kill(signal?: NodeJS.Signals): void
}

/** Starts a worker in a process of its own, which waits for `begin`. */
export async function startWorkerProcess(order: WorkerOrder): Promise<WorkerProcess> {
  const script = new URL('./killed-croft.ts', import.meta.url)
  const child = fork(script, [JSON.stringify(order)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
  })
  const ended = once(child, 'exit').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }))
  const told = (message: object) => {
    const answered = once(child, 'message')
    child.send(message)
    return Promise.race([answered.then(() => undefined), ended.then(() => undefined)])
  }
  await Promise.race([once(child, 'message'), ended])
  return {
    begin: () => told({ begin: true }),
    arm: (trap) => told({ trap }),
    ended,
    kill: (signal = 'SIGKILL') => void child.kill(signal),
  }
}
