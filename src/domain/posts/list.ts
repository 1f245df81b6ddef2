import type { PostStatus } from '../../db/schema.ts'
import type { Caller, Context } from '../../kernel/context.ts'
import { pageStart, toPage, type Page, type PageRequest } from '../../kernel/keyset-page.ts'
import { postsPage, type PostListFilter } from './read.ts'
import { toPostDetails, type PostDetails } from './details.ts'

export interface PostFilter {
  status?: PostStatus | undefined
  profileId?: string | undefined
}

function nameOf({ status, profileId }: PostFilter): PostListFilter {
  if (profileId === undefined) return status === undefined ? 'none' : 'status'
  return status === undefined ? 'profile' : 'profileAndStatus'
}

/** The team's posts, newest first. */
export async function listPosts(ctx: Context, caller: Caller, page: PageRequest, filter: PostFilter): Promise<Page<PostDetails>> {
  const values = [filter.profileId, filter.status].filter((value) => value !== undefined)
  const { items, ...rest } = toPage(
    await ctx.read(postsPage(nameOf(filter), page.limit), [caller.teamId, pageStart(page.cursor), ...values]),
    page.limit,
  )
  return { ...rest, items: items.map(toPostDetails) }
}
