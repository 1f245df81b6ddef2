import type { Selectable } from 'kysely'
import type { Tables } from '../../db/schema.ts'
import type { Caller, Context } from '../../kernel/context.ts'
import { afterId, toPage, type Page, type PageRequest } from '../../kernel/keyset-page.ts'
import { getProfile } from './get.ts'

export type TimelineRow = Selectable<Tables['timeline']>

/** Every status change and task of a profile with its reason, newest first. @throws CroftError `profile_not_found` */
export async function profileTimeline(ctx: Context, caller: Caller, id: string, page: PageRequest): Promise<Page<TimelineRow>> {
  await getProfile(ctx.db, caller.teamId, id)
  const after = afterId(page.cursor)
  let query = ctx.db.selectFrom('timeline').selectAll().where('team_id', '=', caller.teamId).where('profile_id', '=', id)
  if (after) query = query.where('id', '<', after)
  return toPage(
    await query
      .orderBy('id', 'desc')
      .limit(page.limit + 1)
      .execute(),
    page.limit,
  )
}
