import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { getCompileCacheDir } from 'node:module'
import { dirname } from 'node:path'
import type { Answer, JobLimits, JobName, Jobs, Order } from '../readers/jobs.ts'
import type {} from '../readers/main.ts'
import { Turns } from './turns.ts'

/** Reading a file takes more than is allowed, or ended the process that read it. It would happen again. */
export class TooCostlyError extends Error {
  override readonly name = 'TooCostlyError'
}

/** A process that has not started by then does not start: milliseconds. */
const startMs = 60_000
/** A limit beyond any processor time that is allowed, for a process that waits instead of working. Milliseconds. */
const hangMs = 300_000
/** An idle process is stopped after this time: it uses about 55 MB. Milliseconds. */
const idleMs = 15_000
const places = 2
/** A process that uses more after a job is stopped, so that the next job does not pay for it. Bytes. */
const mostIdleBytes = 96 * 1024 * 1024

export interface Isolation {
  /**
   * Does a job in another process. Teams take turns.
   * @param owner whose file it is
   * @throws {TooCostlyError} and `signal.reason`
   */
  run<N extends JobName>(
    owner: string,
    name: N,
    input: Jobs[N]['in'],
    limits: JobLimits,
    signal?: AbortSignal,
  ): Promise<Jobs[N]['out']>
  /** For work that needs much memory: one at a time, in turns. @returns a function that ends the turn */
  takeMemory(owner: string, signal?: AbortSignal): Promise<() => void>
  /** The processes, for measurements. */
  pids(): number[]
  close(): Promise<void>
}

/** Processes for untrusted files: few, started when first needed, replaced when one is ended. */
export function createIsolation(): Isolation {
  return new Pool()
}

class Pool implements Isolation {
  readonly #turns = new Turns(places)
  readonly #memory = new Turns(1)
  readonly #idle: Helper[] = []
  readonly #all = new Set<Helper>()
  #closed = false

  takeMemory(owner: string, signal?: AbortSignal): Promise<() => void> {
    return this.#memory.take(owner, signal)
  }

  async run<N extends JobName>(
    owner: string,
    name: N,
    input: Jobs[N]['in'],
    limits: JobLimits,
    signal?: AbortSignal,
  ): Promise<Jobs[N]['out']> {
    const release = await this.#turns.take(owner, signal)
    try {
      signal?.throwIfAborted()
      const helper = await this.#helper()
      try {
        return (await helper.run({ name, input, limits }, signal)) as Jobs[N]['out']
      } catch (error) {
        throw this.#closed ? new Error('Croft is stopping') : error
      } finally {
        if (helper.alive) this.#idle.push(helper)
      }
    } finally {
      release()
    }
  }

  pids(): number[] {
    return [...this.#all].flatMap(({ pid }) => (pid === undefined ? [] : [pid]))
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#all].map((helper) => helper.end()))
  }

  async #helper(): Promise<Helper> {
    if (this.#closed) throw new Error('Croft is stopping')
    for (let one = this.#idle.pop(); one; one = this.#idle.pop()) if (one.alive) return one
    const helper = new Helper()
    this.#all.add(helper)
    void helper.ended.then(() => this.#all.delete(helper))
    await helper.ready
    return helper
  }
}

/** One process, which does one job at a time. */
class Helper {
  readonly #child: ChildProcess
  readonly ended: Promise<undefined>
  readonly ready: Promise<void>
  alive = true
  #idle: NodeJS.Timeout | null = null

  constructor() {
    const cache = getCompileCacheDir()
    // Without the environment: it holds secrets, and a helper needs none of it. The compile cache saves it the
    // compilation.
    this.#child = fork(new URL('../readers/main.ts', import.meta.url), [], {
      env: cache === undefined ? {} : { NODE_COMPILE_CACHE: dirname(cache) },
      execPath: process.execPath,
      execArgv: ['--max-old-space-size=512', '--max-semi-space-size=1', '--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    const over = Promise.withResolvers<undefined>()
    this.ended = over.promise
    const end = () => {
      this.alive = false
      over.resolve(undefined)
    }
    this.#child.once('exit', end).on('error', end)
    this.ready = this.#begin()
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  async #begin(): Promise<void> {
    const slow = setTimeout(() => void this.#child.kill('SIGKILL'), startMs)
    const began = await Promise.race([once(this.#child, 'message').then(() => true), this.ended.then(() => false)])
    clearTimeout(slow)
    if (!began) throw new Error('the process that reads media did not start')
  }

  async run(order: Order, signal?: AbortSignal): Promise<unknown> {
    this.#hold(true)
    const stop = () => void this.#child.kill('SIGKILL')
    const hang = setTimeout(stop, hangMs)
    signal?.addEventListener('abort', stop, { once: true })
    try {
      const answered = once(this.#child, 'message') as Promise<[Answer]>
      this.#child.send(order)
      const reply = await Promise.race([answered, this.ended])
      signal?.throwIfAborted()
      if (!reply) throw new TooCostlyError('reading it takes more time or memory than Croft allows')
      const [answer] = reply
      if (answer.bytes > mostIdleBytes) void this.end()
      if ('error' in answer) throw new Error(answer.error)
      return answer.out
    } finally {
      clearTimeout(hang)
      signal?.removeEventListener('abort', stop)
      this.#hold(false)
    }
  }

  async end(): Promise<void> {
    this.alive = false
    this.#child.kill('SIGKILL')
    await this.ended
  }

  /** Only a working process keeps this one alive; one that is idle for long is stopped. */
  #hold(works: boolean): void {
    if (this.#idle) clearTimeout(this.#idle)
    this.#idle = works || !this.alive ? null : setTimeout(() => void this.end(), idleMs).unref()
    if (works) {
      this.#child.ref()
      this.#child.channel?.ref()
    } else {
      this.#child.unref()
      this.#child.channel?.unref()
    }
  }
}
