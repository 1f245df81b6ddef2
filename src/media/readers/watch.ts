import { workerData } from 'node:worker_threads'

/** What the main thread reports: whether it works, since what processor time, and within which limits. */
export type Watched = BigInt64Array<SharedArrayBuffer>
export const watched = { works: 0, never: 1, cpuUs: 2, bytes: 3, members: 4 } as const

const pauseMs = 10

const cpuUs = (): number => {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** Ends its own process when a job costs too much. It is a thread of its own, since a hostile file blocks the main one. */
function watch(job: Watched): never {
  for (;;) {
    Atomics.wait(job, watched.works, 0n)
    while (Atomics.load(job, watched.works) !== 0n) {
      const over = process.memoryUsage.rss() > Number(job[watched.bytes]) || cpuUs() > Number(job[watched.cpuUs])
      if (over) process.kill(process.pid, 'SIGKILL')
      Atomics.wait(job, watched.never, 0n, pauseMs)
    }
  }
}

const { job } = (workerData ?? {}) as { job?: Watched }
if (job) watch(job)
