import { isUuid } from '../../lib/ids.ts'
import type { Caller, Context } from '../../kernel/context.ts'
import { CroftError } from '../../kernel/errors.ts'
import { afterId, toPage, type Page, type PageRequest } from '../../kernel/keyset-page.ts'
import type { TaskRow } from '../../kernel/rows.ts'

/** @throws CroftError `task_not_found`, the same for another team's task as for none */
export async function getTask(ctx: Context, caller: Caller, id: string): Promise<TaskRow> {
  const row =
    isUuid(id) &&
    (await ctx.db.selectFrom('tasks').selectAll().where('team_id', '=', caller.teamId).where('id', '=', id).executeTakeFirst())
  if (!row)
    throw new CroftError('task_not_found', 'There is no task with this id. Check it, and the key: each team sees its own tasks.')
  return row
}

export interface TaskFilter {
  profileId?: string | undefined
  kind?: TaskRow['kind'] | undefined
  status?: TaskRow['status'] | undefined
}

/** The team's tasks, newest first. */
export async function listTasks(ctx: Context, caller: Caller, page: PageRequest, filter: TaskFilter): Promise<Page<TaskRow>> {
  const after = afterId(page.cursor)
  let query = ctx.db.selectFrom('tasks').selectAll().where('team_id', '=', caller.teamId)
  if (filter.profileId) query = query.where('profile_id', '=', filter.profileId)
  if (filter.kind) query = query.where('kind', '=', filter.kind)
  if (filter.status) query = query.where('status', '=', filter.status)
  if (after) query = query.where('id', '<', after)
  return toPage(
    await query
      .orderBy('id', 'desc')
      .limit(page.limit + 1)
      .execute(),
    page.limit,
  )
}
