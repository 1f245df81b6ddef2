import type { ProfileStatus } from '../../db/schema.ts'
import { accountStatusColumn, type AccountStatus } from './standing.ts'
import type { Caller, Context } from '../../kernel/context.ts'
import { afterId, toPage, type Page, type PageRequest } from '../../kernel/keyset-page.ts'
import { viewProfiles, type ProfileView } from './view.ts'

/** The team's profiles, newest first. */
export async function listProfiles(
  ctx: Context,
  caller: Caller,
  page: PageRequest,
  filter: { status?: ProfileStatus | undefined; accountStatus?: AccountStatus | undefined },
): Promise<Page<ProfileView>> {
  const after = afterId(page.cursor)
  let query = ctx.db.selectFrom('profiles').selectAll().where('team_id', '=', caller.teamId)
  if (filter.status) query = query.where('status', '=', filter.status)
  if (filter.accountStatus) query = query.where(accountStatusColumn, '=', filter.accountStatus)
  if (after) query = query.where('id', '<', after)
  const { items, hasMore, nextCursor } = toPage(
    await query
      .orderBy('id', 'desc')
      .limit(page.limit + 1)
      .execute(),
    page.limit,
  )
  return { items: await viewProfiles(ctx, ctx.db, caller.teamId, items), hasMore, nextCursor }
}
