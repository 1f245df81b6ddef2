import type { MediaInfo } from '../../db/schema.ts'
import type { Db, Trx } from '../../db/connect.ts'
import { run } from '../../db/statement.ts'
import { isUuid } from '../../lib/ids.ts'
import type { Context } from '../../kernel/context.ts'
import type { PostRow } from '../../kernel/rows.ts'
import { postNotFound } from './get.ts'
import { postById, type PostFacts, type PostRead } from './read.ts'

/** A post and what is known of its media. */
export interface PostDetails<Row extends PostFacts = PostFacts> {
  row: Row
  media: MediaInfo | null
}

/** The details of a row that a statement of read.ts gave. */
export const toPostDetails = (row: PostRead): PostDetails => ({ row, media: row.media_info })

/** One post with its details. @throws CroftError `post_not_found`, the same for another team's post as for none */
export async function getPostDetails(ctx: Context, teamId: string, id: string): Promise<PostDetails> {
  const [row] = isUuid(id) ? await ctx.lookUp(postById, [teamId, id]) : []
  if (!row) throw postNotFound()
  return toPostDetails(row)
}

/** The details of a row, also within the transaction that writes it. */
export async function postDetails(db: Db | Trx, row: PostRow): Promise<PostDetails<PostRow>> {
  const [read] = await run(db, postById, [row.team_id, row.id])
  if (!read) throw postNotFound()
  return { row, media: read.media_info }
}
