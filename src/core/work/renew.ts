import type { Context, Manager } from '../context.ts'
import type { WorkRow } from './contract.ts'

/** Lets the claim hold anew where the manager has it. A call for the item that is refused for another reason renews it too. */
export async function renewClaim(
  ctx: Context,
  item: Pick<WorkRow, 'team_id' | 'id'>,
  manager: Manager,
): Promise<WorkRow | undefined> {
  return ctx.db
    .updateTable('work_items')
    .set({ claimed_until: new Date(ctx.clock.now().getTime() + ctx.claimTtlMs) })
    .where('team_id', '=', item.team_id)
    .where('id', '=', item.id)
    .where('holder_id', '=', manager.id)
    .where('status', 'in', ['claimed', 'started'])
    .returningAll()
    .executeTakeFirst()
}
