import type { MediaInfo } from '../../db/schema.ts'
import type { Db, Trx } from '../../db/connect.ts'
import { run } from '../../db/statement.ts'
import { isUuid } from '../../lib/ids.ts'
import type { Context } from '../../kernel/context.ts'
import type { PostRow } from '../../kernel/rows.ts'
import { postNotFound } from './find.ts'
import { postById, type PostFacts, type PostRead } from './read.ts'

/** A post and what is known of its media. */
export interface PostView<Row extends PostFacts = PostFacts> {
  row: Row
  media: MediaInfo | null
}

/** The view of what a statement of read.ts gave. */
export const viewOf = (row: PostRead): PostView => ({ row, media: row.media_info })

/** One view. @throws CroftError `post_not_found`, the same for another team's post as for none */
export async function getPostView(ctx: Context, teamId: string, id: string): Promise<PostView> {
  const [row] = isUuid(id) ? await ctx.lookUp(postById, [teamId, id]) : []
  if (!row) throw postNotFound()
  return viewOf(row)
}

/** The view of a row, also within the transaction that writes it. */
export async function viewPost(db: Db | Trx, row: PostRow): Promise<PostView<PostRow>> {
  const [read] = await run(db, postById, [row.team_id, row.id])
  if (!read) throw postNotFound()
  return { row, media: read.media_info }
}
