import { CompiledQuery } from 'kysely'
import type pg from 'pg'
import { PgBoss, type ConstructorOptions } from 'pg-boss'
import type { Trx } from '../db/connect.ts'
import { definitions, type JobDefinition } from './definitions.ts'
import { startPool, type Handler, type WorkerPool } from './pool.ts'

/** A job that a transaction sends: it exists exactly when the transaction commits. */
export interface Sending<Data extends object> {
  definition: JobDefinition<Data>
  data: Data
  /** Not before this time. */
  at?: Date
}

export interface Queue {
  /** Sends within the caller's transaction. Call `nudge` once that has committed. */
  send<Data extends object>(trx: Trx, sending: Sending<Data>): Promise<void>
  /** Sends many jobs of one kind within the caller's transaction. */
  sendAll<Data extends object>(
    trx: Trx,
    definition: JobDefinition<Data>,
    jobs: readonly { data: Data; at?: Date }[],
  ): Promise<void>
  /** Spares this process's own workers the wait for their next poll. */
  nudge(definition: JobDefinition<object>): void
  work<Data extends object>(definition: JobDefinition<Data>, handler: Handler<Data>): Promise<void>
  /** Jobs ready to run, and those that failed for good, by kind. */
  depth(): Promise<{ name: string; ready: number; failed: number }[]>
  stop(graceMs: number): Promise<void>
}

/** How pg-boss is given a database. */
export type JobDatabase = NonNullable<ConstructorOptions['db']>

/** pg-boss on a pool. Some of its texts hold several statements, and pg answers those with an array. */
export const throughPool = (pool: pg.Pool): JobDatabase => ({
  async executeSql(text, values) {
    const results: pg.QueryResult | pg.QueryResult[] = await pool.query(text, values)
    return { rows: [results].flat().flatMap((result) => result.rows as unknown[]) }
  },
})

/** pg-boss within a transaction of ours. */
const through = (trx: Trx): JobDatabase => ({
  executeSql: async (text, values) => ({ rows: (await trx.executeQuery(CompiledQuery.raw(text, values ?? []))).rows }),
})

const options = (at: Date | undefined) => (at === undefined ? {} : { startAfter: at })

/** Opens pg-boss on the database, its tables in a schema of their own, and makes the queues. */
export async function openQueue(config: {
  database: JobDatabase
  supervise: boolean
  onError: (error: Error) => void
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
      await boss.send(definition.name, data, { ...options(at), db: through(trx) })
    },
    async sendAll(trx, definition, jobs) {
      if (jobs.length === 0) return
      const rows = jobs.map(({ data, at }) => ({ data, ...options(at) }))
      await boss.insert(definition.name, rows, { db: through(trx) })
    },
    nudge(definition) {
      pools.get(definition.name)?.nudge()
    },
    async work(definition, handler) {
      pools.set(definition.name, await startPool(boss, definition, handler))
    },
    async depth() {
      const queues = await boss.getQueues(definitions.map(({ name }) => name))
      return queues.map((queue) => ({ name: queue.name, ready: queue.readyCount, failed: queue.failedCount }))
    },
    async stop(graceMs) {
      await boss.stop({ graceful: true, timeout: graceMs, close: false })
    },
  }
}
