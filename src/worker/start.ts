import { hostname } from 'node:os'
import { sql } from 'kysely'
import { findLostChecks } from '../core/bundles/check-video.ts'
import type { Context } from '../core/context.ts'
import { pruneKeys } from '../core/idempotency/prune.ts'
import { finalizeDueReviews } from '../core/reviews/finalize-due.ts'
import { sweep } from '../core/tasks/sweep.ts'
import { carryOutDue } from '../core/tasks/wake.ts'
import { startCourier } from '../core/webhooks/courier.ts'
import { lapseClaims } from '../core/work/lapse.ts'
import { wakeProfile } from '../jobs/definitions.ts'
import { newId } from '../lib/ids.ts'
import { workOnMedia } from './media-jobs.ts'

export interface Worker {
  id: string
  stop(): Promise<void>
}

/** Says in the database that this worker lives, for /readyz on any process. */
const register = (ctx: Context, id: string, role: string) =>
  ctx.db
    .insertInto('workers')
    .values({ id, role, host: hostname(), pid: process.pid, started_at: sql`now()`, polled_at: sql`now()` })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ polled_at: sql`now()` }))
    .execute()

/** Begins to carry work out. `sweepMs`: how often it says that it lives, and looks for work that no job holds. */
export async function startWorker(ctx: Context, options: { role: string; sweepMs: number }): Promise<Worker> {
  const id = newId()
  const { queue } = ctx
  await register(ctx, id, options.role)
  await queue.work(wakeProfile, (data, signal) => carryOutDue(ctx, data.team_id, data.profile_id, id, signal))
  await workOnMedia(ctx)
  const courier = startCourier(ctx)
  let beat: Promise<unknown> = Promise.resolve()
  const turn = async () => {
    if (queue.isPolling()) await register(ctx, id, options.role)
    await pruneKeys(ctx)
    await lapseClaims(ctx)
    await sweep(ctx)
    await findLostChecks(ctx)
    await finalizeDueReviews(ctx)
  }
  const again = () => {
    beat = turn().catch((error: unknown) => ctx.log.warn({ err: error }, 'the sweep failed; it is tried again'))
  }
  again()
  const timer = setInterval(again, options.sweepMs)
  return {
    id,
    async stop() {
      clearInterval(timer)
      await courier.stop()
      await beat
      await ctx.db.deleteFrom('workers').where('id', '=', id).execute()
    },
  }
}
