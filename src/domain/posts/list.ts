import type { PostStatus } from '../../db/schema.ts'
import type { Caller, Context } from '../../kernel/context.ts'
import { afterId, toPage, type Page, type PageRequest } from '../../kernel/keyset-page.ts'
import type { PostRow } from '../../kernel/rows.ts'

export interface PostFilter {
  status?: PostStatus | undefined
  profileId?: string | undefined
}

/** The team's posts, newest first. */
export async function listPosts(ctx: Context, caller: Caller, page: PageRequest, filter: PostFilter): Promise<Page<PostRow>> {
  const after = afterId(page.cursor)
  let query = ctx.db.selectFrom('posts').selectAll().where('team_id', '=', caller.teamId)
  if (filter.status) query = query.where('status', '=', filter.status)
  if (filter.profileId) query = query.where('profile_id', '=', filter.profileId)
  if (after) query = query.where('id', '<', after)
  return toPage(
    await query
      .orderBy('id', 'desc')
      .limit(page.limit + 1)
      .execute(),
    page.limit,
  )
}
