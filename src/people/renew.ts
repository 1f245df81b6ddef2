import { sql } from 'kysely'
import type { Db, Trx } from '../db/connect.ts'
import type { Context, Manager } from '../kernel/context.ts'
import type { WorkItem } from './contract.ts'

/** From a call of its holder on, a claim holds this long, by the database's clock. */
export const claimEnd = ({ databaseClock, claimTtlMs }: Context) =>
  sql<Date>`${databaseClock.moment()} + ${claimTtlMs} * interval '1 millisecond'`

/** Lets the claim hold anew where the manager has it. A call for the item that is refused for another reason renews it too. */
export async function renewClaim(
  ctx: Context,
  db: Db | Trx,
  item: Pick<WorkItem, 'team_id' | 'id'>,
  manager: Manager,
): Promise<WorkItem | undefined> {
  return db
    .updateTable('work_items')
    .set({ claimed_until: claimEnd(ctx) })
    .where('team_id', '=', item.team_id)
    .where('id', '=', item.id)
    .where('holder_id', '=', manager.id)
    .where('status', 'in', ['claimed', 'started'])
    .returningAll()
    .executeTakeFirst()
}
