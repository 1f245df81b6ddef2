import { hostname } from 'node:os'
import { sql } from 'kysely'
import { findLostChecks } from '../domain/bundles/check-video.ts'
import type { Context } from '../kernel/context.ts'
import { retentionChores } from '../domain/retention/chores.ts'
import { finalizeDueReviews } from '../domain/reviews/finalize-due.ts'
import { sweep } from '../domain/tasks/sweep.ts'
import { TaskQueue } from '../domain/tasks/queue.ts'
import { startCourier } from '../domain/webhooks/courier.ts'
import { lapseClaims } from '../people/lapse.ts'
import { startLoop } from '../engine/loop.ts'
import { releaseForgotten } from '../engine/tasks/park.ts'
import { newId } from '../lib/ids.ts'
import { startChores } from '../engine/chores/start.ts'
import { workOnMedia } from './media-jobs.ts'

/** A loop that looked for work within this time is alive. Milliseconds. */
const aliveMs = 15_000

export interface Worker {
  id: string
  /** No new work; what runs is given `graceMs`. */
  stop(graceMs: number): Promise<void>
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
  await register(ctx, id, options.role)
  const tasks = new TaskQueue(ctx, id, ctx.taskConcurrency)
  const loop = startLoop(tasks, ctx.log)
  ctx.wakeups.set('tasks', loop.wake)
  await workOnMedia(ctx)
  const courier = startCourier(ctx)
  const often = { everyMs: 0, shared: false }
  const chores = startChores(
    ctx,
    [
      { name: 'sign_of_life', ...often, run: async () => loop.isAlive(aliveMs) && register(ctx, id, options.role) },
      { name: 'lapse_claims', ...often, run: lapseClaims },
      { name: 'sweep', ...often, run: sweep },
      {
        name: 'parked_tasks',
        everyMs: 60_000,
        shared: true,
        run: () => ctx.db.transaction().execute((trx) => releaseForgotten(trx, 200)),
      },
      { name: 'lost_checks', ...often, run: findLostChecks },
      { name: 'reviews', ...often, run: finalizeDueReviews },
      ...retentionChores,
    ],
    options.sweepMs,
  )
  return {
    id,
    async stop(graceMs) {
      await courier.stop()
      await loop.stop(graceMs)
      ctx.wakeups.delete('tasks')
      tasks.close()
      await chores.stop()
      await ctx.db.deleteFrom('workers').where('id', '=', id).execute()
    },
  }
}
