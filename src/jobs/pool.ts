import type { Job, PgBoss } from 'pg-boss'
import type { JobData, JobDefinition } from './definitions.ts'

export type Handler<Data extends JobData> = (data: Data, signal: AbortSignal) => Promise<void>

/** The workers of one kind of job in this process. */
export interface WorkerPool {
  /** Makes one idle worker look for a job now. @returns false if none is idle */
  nudge(): boolean
  /** No idle worker looks for jobs any more. */
  stop(): void
}

const pollMs = 500
/** A worker's own poll is the fallback alone. */
const idlePollSeconds = 60

/**
 * One idle worker, whichever it is, is woken twice per second, and a worker that found a job wakes the next: an idle
 * server asks the database twice per second per kind, and a busy one keeps every worker going.
 * Jobs of a team that holds its share stay in the queue, in their order, and others are fetched past them.
 */
export async function startPool<Data extends JobData>(
  boss: PgBoss,
  definition: JobDefinition<Data>,
  handler: Handler<Data>,
  onError: (error: unknown, data: Data) => void,
): Promise<WorkerPool> {
  const { name, concurrency, share } = definition
  let [made, stopped] = [0, false]
  const workers = () => boss.getWipData().filter((worker) => worker.name === name)
  const nudge = (): boolean => {
    const idle = workers().find((worker) => worker.count === 0)
    if (idle) boss.notifyWorker(idle.id)
    return idle !== undefined
  }
  const work = async (jobs: Job<Data>[]) => {
    // A busy worker that is woken looks for the next job as soon as it is done with this one.
    for (const worker of workers()) if (worker.count > 0) boss.notifyWorker(worker.id)
    if (!nudge() && made < concurrency && !stopped) await grow()
    for (const job of jobs) {
      await handler(job.data, job.signal).catch((error: unknown) => {
        onError(error, job.data)
        throw error
      })
    }
  }
  /** Adds as many workers as one team may hold: a process that is not busy asks with few. */
  const grow = async () => {
    made += share
    const places = { localConcurrency: share, localGroupConcurrency: share }
    await boss.work<Data>(name, { batchSize: 1, pollingIntervalSeconds: idlePollSeconds, ...places }, work)
  }
  await grow()
  const timer = setInterval(nudge, pollMs)
  return {
    nudge,
    stop() {
      stopped = true
      clearInterval(timer)
    },
  }
}
