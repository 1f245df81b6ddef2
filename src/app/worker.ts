import { hostname } from 'node:os'
import { sql } from 'kysely'
import type { Context } from '../kernel/context.ts'
import { retentionChores } from '../domain/retention/chores.ts'
import { finalizeDueReviews } from '../domain/reviews/finalize-due.ts'
import { TaskQueue } from '../domain/tasks/queue.ts'
import { startCourier } from '../domain/webhooks/courier.ts'
import { mendLanes } from '../domain/webhooks/lanes.ts'
import { lapseClaims } from '../people/lapse.ts'
import { startLoop } from '../engine/loop.ts'
import { releaseForgotten } from '../engine/tasks/park.ts'
import { newId } from '../lib/ids.ts'
import { startChores } from '../engine/chores/start.ts'
import { startMedia } from './media.ts'

export interface Worker {
  id: string
  /** Nothing more is begun; what runs is given `graceMs`; another worker claims the rest when its lease is over. */
  stop(graceMs: number): Promise<void>
}

/** A loop that has not asked for work for so long is taken to be stuck. */
const aliveMs = 15_000

/** Says in the database that this worker lives, for /readyz on any process. */
const register = (ctx: Context, id: string, role: string) =>
  ctx.db
    .insertInto('workers')
    .values({ id, role, host: hostname(), pid: process.pid, started_at: sql`now()`, polled_at: sql`now()` })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ polled_at: sql`now()` }))
    .execute()

/** Begins to carry work out. `choresEveryMs`: the pause between runs of its frequent chores, such as the sign of life. */
export async function startWorker(ctx: Context, options: { role: string; choresEveryMs: number }): Promise<Worker> {
  const id = newId()
  await register(ctx, id, options.role)
  const queue = new TaskQueue(ctx, id, ctx.taskConcurrency)
  const tasks = startLoop(queue, ctx.log)
  ctx.wakeups.set('tasks', () => tasks.wake())
  const media = startMedia(ctx)
  const courier = startCourier(ctx)
  const isAlive = () => [tasks, ...media, courier].every((loop) => loop.isAlive(aliveMs))
  const often = { everyMs: 0, shared: false }
  const chores = startChores(
    ctx,
    [
      { name: 'sign_of_life', ...often, run: async () => isAlive() && register(ctx, id, options.role) },
      { name: 'lapse_claims', ...often, run: lapseClaims },
      { name: 'parked_tasks', everyMs: 60_000, shared: true, run: () => releaseForgotten(ctx, 200) },
      { name: 'reviews', ...often, run: finalizeDueReviews },
      { name: 'mend_lanes', everyMs: 60_000, shared: true, run: mendLanes },
      ...retentionChores,
    ],
    options.choresEveryMs,
  )
  return {
    id,
    async stop(graceMs) {
      ctx.wakeups.delete('tasks')
      await Promise.all([...[tasks, ...media].map((loop) => loop.stop(graceMs)), courier.stop(graceMs), chores.stop(graceMs)])
      queue.close()
      await ctx.db.deleteFrom('workers').where('id', '=', id).execute()
    },
  }
}
