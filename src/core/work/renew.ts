import { sql } from 'kysely'
import type { Context, Manager } from '../context.ts'
import type { WorkRow } from './contract.ts'

/** From a call of its holder on, a claim holds this long, by the database's clock. */
export const claimEnd = ({ databaseClock, claimTtlMs }: Context) =>
  sql<Date>`${databaseClock.now()} + ${claimTtlMs} * interval '1 millisecond'`

/** Lets the claim hold anew where the manager has it. A call for the item that is refused for another reason renews it too. */
export async function renewClaim(
  ctx: Context,
  item: Pick<WorkRow, 'team_id' | 'id'>,
  manager: Manager,
): Promise<WorkRow | undefined> {
  return ctx.db
    .updateTable('work_items')
    .set({ claimed_until: claimEnd(ctx) })
    .where('team_id', '=', item.team_id)
    .where('id', '=', item.id)
    .where('holder_id', '=', manager.id)
    .where('status', 'in', ['claimed', 'started'])
    .returningAll()
    .executeTakeFirst()
}
