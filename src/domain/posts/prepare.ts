import { keepMedia } from '../media/keep.ts'
import { unclaimed, type MediaKind } from '../media/kind.ts'
import { recordEvent } from '../../kernel/record.ts'
import type { PostRow } from '../../kernel/rows.ts'
import { lockPost } from './find.ts'
import { isOfCaption } from './input.ts'
import { movePost, postFacts } from './move.ts'

/** The media of posts: once it is kept the post is scheduled, and if it is refused the post fails with every reason. */
export const postMedia: MediaKind<PostRow> = {
  loop: 'media',
  table: 'posts',
  key: [
    ['team_id', 'uuid'],
    ['id', 'uuid'],
  ],
  waiting: `status = 'preparing'`,
  concurrency: 64,
  share: 8,
  async lock(tx, { team_id, id }) {
    const post = await lockPost(tx.trx, team_id, id)
    return post.status === 'preparing' ? post : undefined
  },
  async accept(tx, post, result) {
    const media = result
      ? {
          media_id: await keepMedia(tx, result.media, post.media_url),
          warnings: JSON.stringify([...post.warnings.filter(isOfCaption), ...result.warnings]),
        }
      : {}
    const later = post.execute_at !== null && post.execute_at > tx.now
    await movePost(tx, post, later ? 'media_ready_later' : 'media_ready', 'The media is checked and kept.', {
      post: { ...media, ...unclaimed },
    })
  },
  async reject(tx, post, { problems }) {
    const reasons = problems.map(({ code, message }) => ({ code, message }))
    const message = reasons.map((reason) => reason.message).join('; ')
    const failure = { code: reasons[0]?.code ?? 'media_unreachable', message, reasons }
    const failed = await movePost(tx, post, 'media_rejected', `The media was refused: ${message}`, {
      post: { failure: JSON.stringify(failure), ...unclaimed },
    })
    await recordEvent(tx, 'post.media_rejected', postFacts(failed))
  },
}
