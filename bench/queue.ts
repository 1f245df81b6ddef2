import type { Database } from '../src/db/connect.ts'
import { openQueue, throughPool, type Queue } from '../src/jobs/queue.ts'

/** Croft's queue on a database, to send with and not to work. */
export const queueOn = ({ pool }: Database): Promise<Queue> =>
  openQueue({
    database: throughPool(pool),
    supervise: false,
    onError: () => undefined,
    onJobError: () => undefined,
  })
