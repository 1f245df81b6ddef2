import { newId } from '../../lib/ids.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'

/** Begins the order that assigns a delivered account to the manager who looks after it. */
export async function openOrder(tx: Tx, order: { profileId: string; managerId: string; bundleId: string }): Promise<void> {
  await tx.trx
    .insertInto('orders')
    .values({
      team_id: tx.caller.teamId,
      id: newId(),
      profile_id: order.profileId,
      manager_id: order.managerId,
      bundle_id: order.bundleId,
      status: 'active',
      created_at: tx.now,
    })
    .execute()
}

/** An account's active order, and whether its manager still works for the team. */
export interface ActiveOrder {
  managerId: string
  managerActive: boolean
}

/** The account's active order, or null. */
export async function activeOrder(tx: Tx, profileId: string): Promise<ActiveOrder | null> {
  const row = await tx.trx
    .selectFrom('orders')
    .leftJoin('manager_teams', (join) =>
      join.onRef('manager_teams.manager_id', '=', 'orders.manager_id').onRef('manager_teams.team_id', '=', 'orders.team_id'),
    )
    .select(['orders.manager_id', 'manager_teams.created_at as serves_since'])
    .where('orders.team_id', '=', tx.caller.teamId)
    .where('orders.profile_id', '=', profileId)
    .where('orders.status', '=', 'active')
    .executeTakeFirst()
  return row ? { managerId: row.manager_id, managerActive: row.serves_since !== null } : null
}

/** Ends active orders: that of an account, or that of a bundle. @returns how many ended */
export async function endOrders(tx: Tx, of: { profileId: string } | { bundleId: string }): Promise<number> {
  const ended = await tx.trx
    .updateTable('orders')
    .set({ status: 'ended', ended_at: tx.now })
    .where('team_id', '=', tx.caller.teamId)
    .where('status', '=', 'active')
    .where((eb) => ('profileId' in of ? eb('profile_id', '=', of.profileId) : eb('bundle_id', '=', of.bundleId)))
    .executeTakeFirst()
  return Number(ended.numUpdatedRows)
}
