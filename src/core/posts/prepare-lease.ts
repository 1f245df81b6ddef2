import { sql } from 'kysely'
import type { Context } from '../context.ts'
import type { PostRow } from '../rows.ts'

const leaseUntil = sql<Date>`now() + interval '30 seconds'`

/**
 * Holds the fetching of a post's media, so that two workers do not download it at once.
 * @returns null where there is nothing to fetch, or another worker is at it
 */
export async function takeLease(
  ctx: Context,
  id: { teamId: string; taskId: string; version: number },
): Promise<{ post: PostRow; stop: () => void } | null> {
  const mine = () =>
    ctx.db
      .updateTable('posts')
      .set({ prepare_lease: leaseUntil })
      .where('team_id', '=', id.teamId)
      .where('id', '=', id.taskId)
      .where('status', '=', 'preparing')
      .where('media_version', '=', id.version)
  const post = await mine()
    .where((where) => where.or([where('prepare_lease', 'is', null), where('prepare_lease', '<', sql<Date>`now()`)]))
    .returningAll()
    .executeTakeFirst()
  if (!post) return null
  const timer = setInterval(() => {
    mine()
      .execute()
      .catch((error: unknown) => ctx.log.warn({ err: error, task_id: id.taskId }, 'a lease could not be extended'))
  }, 10_000)
  return { post, stop: () => clearInterval(timer) }
}
