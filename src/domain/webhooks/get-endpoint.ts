import type { Db, Trx } from '../../db/connect.ts'
import { isUuid } from '../../lib/ids.ts'
import type { Caller, Context } from '../../kernel/context.ts'
import { CroftError } from '../../kernel/errors.ts'
import { afterId, toPage, type Page, type PageRequest } from '../../kernel/keyset-page.ts'
import type { EndpointRow } from '../../kernel/rows.ts'

const missing = () =>
  new CroftError(
    'endpoint_not_found',
    'There is no webhook endpoint with this id. Check it, and the key: each team sees its own.',
  )

const byId = (db: Db | Trx, teamId: string, id: string) =>
  db.selectFrom('webhook_endpoints').selectAll().where('team_id', '=', teamId).where('id', '=', id)

/** @throws CroftError `endpoint_not_found`, the same for another team's as for none */
export async function getEndpoint(db: Db | Trx, teamId: string, id: string): Promise<EndpointRow> {
  const row = isUuid(id) && (await byId(db, teamId, id).executeTakeFirst())
  if (!row) throw missing()
  return row
}

/** As {@link getEndpoint}, and holds it until the transaction ends. */
export async function lockEndpoint(trx: Trx, teamId: string, id: string): Promise<EndpointRow> {
  const row = isUuid(id) && (await byId(trx, teamId, id).forUpdate().executeTakeFirst())
  if (!row) throw missing()
  return row
}

/** The team's endpoints, newest first. */
export async function listEndpoints(ctx: Context, { teamId }: Caller, page: PageRequest): Promise<Page<EndpointRow>> {
  const after = afterId(page.cursor)
  let query = ctx.db.selectFrom('webhook_endpoints').selectAll().where('team_id', '=', teamId)
  if (after) query = query.where('id', '<', after)
  const rows = await query
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute()
  return toPage(rows, page.limit)
}
