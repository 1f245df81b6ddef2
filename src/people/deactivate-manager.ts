import type { Context } from '../kernel/context.ts'
import { CroftError } from '../kernel/errors.ts'
import { awaitKeyChange } from '../kernel/key-cache.ts'
import { recordAudit } from '../kernel/record.ts'
import { openUnit, type Tx } from '../kernel/unit-of-work.ts'
import { giveBackAll } from './lapse.ts'
import { noTeam } from './manager.ts'

async function close(tx: Tx, name: string): Promise<{ id: string; teamIds: string[] }> {
  const manager = await tx.trx
    .updateTable('managers')
    .set({ deactivated_at: tx.now })
    .where('name', '=', name)
    .where('deactivated_at', 'is', null)
    .returning('id')
    .executeTakeFirst()
  if (!manager) throw new CroftError('manager_not_found', `No active manager is named ${name}.`)
  const { id } = manager
  await tx.trx
    .updateTable('manager_keys')
    .set({ revoked_at: tx.now })
    .where('manager_id', '=', id)
    .where('revoked_at', 'is', null)
    .execute()
  const served = await tx.trx.deleteFrom('manager_teams').where('manager_id', '=', id).returning('team_id').execute()
  // What stood in this person's queue alone would never be done.
  await tx.trx
    .updateTable('work_items')
    .set({ manager_id: null, updated_at: tx.now })
    .where('manager_id', '=', id)
    .where('status', 'not in', ['done', 'canceled'])
    .execute()
  return { id, teamIds: served.map((row) => row.team_id) }
}

/**
 * Ends a person's work for every team: their keys are void at once, and what they hold goes back, a publish that they had
 * begun as `unconfirmed`. What they handed in stays handed in.
 * @throws CroftError `manager_not_found`
 */
export async function deactivateManager(ctx: Context, name: string, actor: string): Promise<void> {
  const unit = openUnit(ctx, { teamId: noTeam, actor, scope: 'write', requestId: null })
  const { id } = await unit.commit(async (tx) => {
    const closed = await close(tx, name.trim())
    for (const teamId of closed.teamIds) {
      const within: Tx = { ...tx, caller: { ...tx.caller, teamId } }
      await recordAudit(within, 'manager.deactivate', `manager:${closed.id}`, { active: true }, { active: false })
    }
    return closed
  })
  await awaitKeyChange(ctx.db)
  await giveBackAll(ctx, id)
}
