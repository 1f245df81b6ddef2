import type { PgBoss } from 'pg-boss'
import type { JobDefinition } from './definitions.ts'

export type Handler<Data extends object> = (data: Data, signal: AbortSignal) => Promise<void>

/** The workers of one kind of job in this process. */
export interface WorkerPool {
  /** Makes one idle worker look for a job now. */
  nudge(): void
}

const pollSeconds = 0.5
const idlePollSeconds = 5

/**
 * One worker polls often; the others are woken by a worker that found a job, so that an idle server asks
 * the database twice a second a kind, and a busy one keeps every worker going.
 */
export async function startPool<Data extends object>(
  boss: PgBoss,
  definition: JobDefinition<Data>,
  handler: Handler<Data>,
  onError: (error: unknown, data: Data) => void,
): Promise<WorkerPool> {
  const ids: string[] = []
  const busy = new Set<number>()
  const nudge = () => {
    const index = ids.findIndex((_, at) => !busy.has(at))
    const id = ids[index]
    if (id !== undefined) boss.notifyWorker(id)
  }
  for (let index = 0; index < definition.concurrency; index += 1) {
    const polling = { batchSize: 1, pollingIntervalSeconds: index === 0 ? pollSeconds : idlePollSeconds }
    const id = await boss.work<Data>(definition.name, polling, async (jobs) => {
      busy.add(index)
      nudge()
      try {
        for (const job of jobs) {
          await handler(job.data, job.signal).catch((error: unknown) => {
            onError(error, job.data)
            throw error
          })
        }
      } finally {
        busy.delete(index)
        const own = ids[index]
        if (own !== undefined) boss.notifyWorker(own)
      }
    })
    ids.push(id)
  }
  return { nudge }
}
