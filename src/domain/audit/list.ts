import type { Caller, Context } from '../../kernel/context.ts'
import { afterId, toPage, type Page, type PageRequest } from '../../kernel/keyset-page.ts'
import type { AuditRow } from '../../kernel/rows.ts'

export interface AuditFilter {
  actor?: string | undefined
  action?: string | undefined
  subject?: string | undefined
  requestId?: string | undefined
  since?: Date | undefined
  until?: Date | undefined
}

/** Who changed what in the team, newest first. */
export async function listAudit(
  ctx: Context,
  { teamId }: Caller,
  page: PageRequest,
  filter: AuditFilter,
): Promise<Page<AuditRow>> {
  const after = afterId(page.cursor)
  let query = ctx.db.selectFrom('audit').selectAll().where('team_id', '=', teamId)
  if (filter.actor !== undefined) query = query.where('actor', '=', filter.actor)
  if (filter.action !== undefined) query = query.where('action', '=', filter.action)
  if (filter.subject !== undefined) query = query.where('subject', '=', filter.subject)
  if (filter.requestId !== undefined) query = query.where('request_id', '=', filter.requestId)
  if (filter.since) query = query.where('created_at', '>=', filter.since)
  if (filter.until) query = query.where('created_at', '<', filter.until)
  if (after) query = query.where('id', '<', after)
  const rows = await query
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute()
  return toPage(rows, page.limit)
}
