import { CompiledQuery } from 'kysely'
import type pg from 'pg'
import { PgBoss, type ConstructorOptions } from 'pg-boss'
import type { Trx } from '../db/connect.ts'
import { definitions, type JobData, type JobDefinition } from './definitions.ts'
import { startPool, type Handler, type WorkerPool } from './pool.ts'

/** A job that a transaction sends: it exists exactly when the transaction commits. */
export interface Sending<Data extends JobData> {
  definition: JobDefinition<Data>
  data: Data
  /** Not before this time. */
  at?: Date
}

export interface Queue {
  /** Sends within the caller's transaction. Call `nudge` once that has committed. */
  send<Data extends JobData>(trx: Trx, sending: Sending<Data>): Promise<void>
  /** Sends many jobs of one kind within the caller's transaction. */
  sendAll<Data extends JobData>(
    trx: Trx,
    definition: JobDefinition<Data>,
    jobs: readonly { data: Data; at?: Date }[],
  ): Promise<void>
  /** Spares this process's own workers the wait for their next poll. */
  nudge(definition: JobDefinition<JobData>): void
  work<Data extends JobData>(definition: JobDefinition<Data>, handler: Handler<Data>): Promise<void>
  /** Whether this process's workers do ask for jobs, or are at work on some. */
  isPolling(): boolean
  /** Jobs ready to run, and those that failed for good, by kind. */
  depth(): Promise<{ name: string; ready: number; failed: number }[]>
  stop(graceMs: number): Promise<void>
}

/** How pg-boss is given a database. */
export type JobDatabase = NonNullable<ConstructorOptions['db']>

/**
 * pg-boss's way through a pool. Some of its texts hold several statements, and pg answers those with an array:
 * without their rows its watch over dead workers' jobs would fail.
 */
export const throughPool = (pool: pg.Pool): JobDatabase => ({
  async executeSql(text, values) {
    const results = [await pool.query<Record<string, unknown>>(text, values)].flat()
    return { rows: results.flatMap((result) => result.rows) }
  },
})

/** pg-boss's way through a transaction of ours. */
const through = (trx: Trx): JobDatabase => ({
  executeSql: async (text, values) => ({ rows: (await trx.executeQuery(CompiledQuery.raw(text, values ?? []))).rows }),
})

const pollingGraceMs = 15_000

/**
 * The earliest due goes first. pg-boss reads its index by priority, so this also keeps a fetch from walking over every job
 * that still waits for its time: with 100,000 waiting 0.1 ms instead of 7. In tens of seconds, so that it fits an integer.
 */
const options = ({ team_id }: JobData, at: Date | undefined) => {
  const priority = -Math.ceil((at?.getTime() ?? Date.now()) / 10_000)
  const group = { id: team_id }
  return at === undefined ? { priority, group } : { priority, group, startAfter: at }
}

/** Opens pg-boss on the database, its tables in a schema of their own, and makes the queues. */
export async function openQueue(config: {
  database: JobDatabase
  supervise: boolean
  onError: (error: Error) => void
  /** A handler failed; the job is tried again, as its definition says. */
  onJobError: (error: unknown, job: string, data: object) => void
}): Promise<Queue> {
  const boss = new PgBoss({
    db: config.database,
    supervise: config.supervise,
    schedule: false,
    superviseIntervalSeconds: 10,
    monitorIntervalSeconds: 10,
    reindex: false,
  })
  boss.on('error', config.onError)
  await boss.start()
  for (const { name, retryLimit, retryDelaySeconds } of definitions) {
    const limits = {
      retryLimit,
      retryDelay: retryDelaySeconds,
      retryBackoff: true,
      retryDelayMax: 120,
      heartbeatSeconds: 15,
      retentionSeconds: 3 * 366 * 86_400,
      deleteAfterSeconds: 3_600,
    }
    await boss.createQueue(name, { ...limits, partition: true })
  }
  const pools = new Map<string, WorkerPool>()
  return {
    async send(trx, { definition, data, at }) {
      await boss.send(definition.name, data, { ...options(data, at), db: through(trx) })
    },
    async sendAll(trx, definition, jobs) {
      if (jobs.length === 0) return
      const rows = jobs.map(({ data, at }) => ({ data, ...options(data, at) }))
      await boss.insert(definition.name, rows, { db: through(trx) })
    },
    nudge(definition) {
      pools.get(definition.name)?.nudge()
    },
    async work(definition, handler) {
      pools.set(
        definition.name,
        await startPool(boss, definition, handler, (error, data) => config.onJobError(error, definition.name, data)),
      )
    },
    isPolling() {
      const since = Date.now() - pollingGraceMs
      return boss.getWipData().some((worker) => worker.count > 0 || (worker.lastFetchedOn ?? 0) > since)
    },
    async depth() {
      const queues = await boss.getQueues(definitions.map(({ name }) => name))
      return queues.map((queue) => ({ name: queue.name, ready: queue.readyCount, failed: queue.failedCount }))
    },
    async stop(graceMs) {
      for (const pool of pools.values()) pool.stop()
      await boss.stop({ graceful: true, timeout: graceMs, close: false })
    },
  }
}
