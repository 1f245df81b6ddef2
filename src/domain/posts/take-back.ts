import type { PostRow } from '../../kernel/rows.ts'
import { cancelWork } from '../../people/queue.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import { movePost } from './move.ts'

/**
 * Takes a locked post back from the queue of work for people if nobody has begun to publish it.
 * @returns it as it stands then; in every other case as it was
 */
export async function takeBack(tx: Tx, post: PostRow): Promise<PostRow> {
  if (post.status !== 'waiting_for_operator') return post
  const canceled = await cancelWork(tx, { taskId: post.id }, ['open', 'claimed', 'returned'])
  return canceled === 0 ? post : movePost(tx, post, 'taken_back', 'It was taken back before anybody began.')
}
