import type { Db, Trx } from '../../db/connect.ts'
import { isUuid } from '../../lib/ids.ts'
import { CroftError } from '../../kernel/errors.ts'
import type { PostRow } from '../../kernel/rows.ts'

export const postNotFound = () =>
  new CroftError('post_not_found', 'There is no post with this task id. Check it, and the key: each team sees its own posts.')

/** @throws CroftError `post_not_found`, the same for another team's post as for none */
export async function getPost(db: Db | Trx, teamId: string, id: string): Promise<PostRow> {
  const row =
    isUuid(id) && (await db.selectFrom('posts').selectAll().where('team_id', '=', teamId).where('id', '=', id).executeTakeFirst())
  if (!row) throw postNotFound()
  return row
}

/**
 * As {@link getPost}, and holds the post and its task until the transaction ends.
 * The task is held first, as by the worker that claims it, so that the two cannot wait for each other.
 */
export async function lockPost(trx: Trx, teamId: string, id: string): Promise<PostRow> {
  if (!isUuid(id)) throw postNotFound()
  await trx.selectFrom('tasks').select('id').where('team_id', '=', teamId).where('id', '=', id).forUpdate().execute()
  const row = await trx
    .selectFrom('posts')
    .selectAll()
    .where('team_id', '=', teamId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw postNotFound()
  return row
}
