import { sql } from 'kysely'
import { isUuid } from '../lib/ids.ts'
import type { Caller, Context } from '../kernel/context.ts'
import { invalid } from '../kernel/errors.ts'
import type { Page, PageRequest } from '../kernel/keyset-page.ts'
import { managerOf } from './manager.ts'
import type { WorkItem } from './contract.ts'
import { loadItemDetails, loadWorkDetails, type WorkDetails } from './details.ts'
import { getWorkItem } from './lock.ts'
import { renewClaim } from './claim.ts'

interface Place {
  dueAt: Date
  id: string
}

const cursorOf = (row: WorkItem): string => Buffer.from(`${row.due_at.toISOString()} ${row.id}`).toString('base64url')

function placeIn(cursor: string | undefined): Place | null {
  if (cursor === undefined) return null
  const [time = '', id = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split(' ')
  const dueAt = new Date(time)
  if (!isUuid(id) || Number.isNaN(dueAt.getTime()))
    throw invalid([{ path: 'query.cursor', message: 'is not a cursor of this list; omit it for the first page' }])
  return { dueAt, id }
}

/** What the manager may take or currently holds, earliest due first, across all teams that they work for. */
export async function listWork(ctx: Context, caller: Caller, page: PageRequest): Promise<Page<WorkDetails>> {
  const manager = managerOf(caller)
  const after = placeIn(page.cursor)
  if (manager.teamIds.length === 0) return { items: [], hasMore: false, nextCursor: null }
  let query = ctx.db
    .selectFrom('work_items')
    .selectAll()
    .where('team_id', 'in', manager.teamIds)
    // The list of active statuses is there only for the index.
    .where('status', 'in', ['open', 'claimed', 'started', 'submitted', 'returned'])
    .where((eb) =>
      eb.or([
        eb.and([
          eb('status', 'in', ['open', 'returned']),
          eb.or([eb('manager_id', 'is', null), eb('manager_id', '=', manager.id)]),
        ]),
        eb.and([eb('status', 'in', ['claimed', 'started']), eb('holder_id', '=', manager.id)]),
      ]),
    )
  if (after) query = query.where(sql<boolean>`(due_at, id) > (${after.dueAt}, ${after.id}::uuid)`)
  const rows = await query
    .orderBy('due_at')
    .orderBy('id')
    .limit(page.limit + 1)
    .execute()
  const items = rows.slice(0, page.limit)
  const last = items.at(-1)
  const hasMore = rows.length > page.limit
  return { items: await loadWorkDetails(ctx.db, items), hasMore, nextCursor: hasMore && last ? cursorOf(last) : null }
}

/** One item; renews its holder's claim. @throws CroftError `work_not_found` */
export async function getWork(ctx: Context, caller: Caller, id: string): Promise<WorkDetails> {
  const manager = managerOf(caller)
  const seen = await getWorkItem(ctx.db, manager, id)
  return loadItemDetails(ctx.db, (await renewClaim(ctx, ctx.db, seen, manager)) ?? seen)
}
