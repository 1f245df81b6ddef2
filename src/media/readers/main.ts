import { flushCompileCache } from 'node:module'
import { Worker } from 'node:worker_threads'
import type { Answer, JobLimits, JobName, Jobs, Order } from './jobs.ts'
import { watched, type Watched } from './watch.ts'

// Started by `pool.ts` as a process of its own, so that an untrusted file can end no other process.

const job: Watched = new BigInt64Array(new SharedArrayBuffer(8 * watched.members))

function limit({ bytes, cpuMs }: JobLimits): void {
  const { user, system } = process.cpuUsage()
  job[watched.cpuUs] = BigInt(user + system + cpuMs * 1_000)
  job[watched.bytes] = BigInt(bytes)
  Atomics.store(job, watched.works, 1n)
  Atomics.notify(job, watched.works)
}

// Each job imports its own library, so that a process loads only what it needs.
const decode = () => import('./decode.ts')

const jobs: { [N in JobName]: (input: Jobs[N]['in']) => Promise<Jobs[N]['out']> } = {
  tracks: async (input) => (await import('./tracks.ts')).readIndex(input),
  header: async ({ path }) => (await decode()).readHeader(path),
  decode: async ({ path, maxPixels }) => (await decode()).decodeImage(path, maxPixels),
  write: async (input) => (await decode()).writeImage(input),
}

const perform = <N extends JobName>({ name, input }: Order<N>): Promise<Jobs[N]['out']> => jobs[name](input)

async function answer(order: Order): Promise<Answer> {
  limit(order.limits)
  try {
    const out = await perform(order)
    return { out, bytes: process.memoryUsage.rss() }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error), bytes: process.memoryUsage.rss() }
  } finally {
    Atomics.store(job, watched.works, 0n)
    flushCompileCache()
  }
}

async function main(): Promise<void> {
  // Ctrl-C and a service manager signal the whole group; the server ends this process when its work is released.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)
  process.on('disconnect', () => process.exit())
  process.on('message', (order: Order) => void answer(order).then((reply) => process.send?.(reply)))
  const watcher = new Worker(new URL('./watch.ts', import.meta.url), {
    workerData: { job },
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1 },
  })
  watcher.unref()
  watcher.once('online', () => process.send?.('ready'))
  await Promise.resolve()
}

if (process.send) await main()
