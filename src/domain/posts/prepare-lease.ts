import { sql } from 'kysely'
import type { Context } from '../../kernel/context.ts'
import type { PostRow } from '../../kernel/rows.ts'

interface PrepareLease {
  post: PostRow
  /** Gives it back, so that the next try need not wait for its end. */
  release(): Promise<void>
}

/**
 * Holds the fetching of a post's media, so that two workers do not download it at once.
 * The lease's own end says whose it is; whole milliseconds, since that is what comes back from the database.
 * @returns null where there is nothing to fetch, or another worker is at it
 */
export async function takeLease(
  ctx: Context,
  id: { teamId: string; taskId: string; version: number },
): Promise<PrepareLease | null> {
  const leaseUntil = sql<Date>`date_trunc('milliseconds', clock_timestamp() + ${ctx.lease.ms} * interval '1 millisecond')`
  const set = (until: Date | typeof leaseUntil | null) =>
    ctx.db
      .updateTable('posts')
      .set({ prepare_lease: until })
      .where('team_id', '=', id.teamId)
      .where('id', '=', id.taskId)
      .where('status', '=', 'preparing')
      .where('media_version', '=', id.version)
  const post = await set(leaseUntil)
    .where((where) => where.or([where('prepare_lease', 'is', null), where('prepare_lease', '<', sql<Date>`now()`)]))
    .returningAll()
    .executeTakeFirst()
  if (!post) return null
  let mine = post.prepare_lease
  const extend = async () => {
    const extended = await set(leaseUntil).where('prepare_lease', '=', mine).returning('prepare_lease').executeTakeFirst()
    mine = extended?.prepare_lease ?? mine
  }
  let extending = Promise.resolve()
  const timer = setInterval(() => {
    extending = extend().catch((error: unknown) =>
      ctx.log.warn({ err: error, task_id: id.taskId }, 'a lease could not be extended'),
    )
  }, ctx.lease.ms / 3)
  return {
    post,
    async release() {
      clearInterval(timer)
      await extending
      await set(null).where('prepare_lease', '=', mine).execute()
    },
  }
}
