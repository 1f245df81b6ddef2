import { newId } from '../lib/ids.ts'
import { codePoints } from '../lib/text.ts'
import { CroftError, invalid } from '../kernel/errors.ts'
import { hashOf, newKey } from '../kernel/key-secret.ts'
import { awaitKeyChange } from '../kernel/key-cache.ts'
import { recordAudit } from '../kernel/record.ts'
import { inTeam, openUnit, type Tx, type UnitOfWork } from '../kernel/unit-of-work.ts'
import { commandLine } from '../kernel/caller.ts'
import type { Context } from '../kernel/context.ts'
import { giveBackAll } from './lapse.ts'
import { noTeam } from './manager.ts'

/** A person's name as it is stored. @throws CroftError `validation_error` */
export function personName(name: string): string {
  const kept = name.trim()
  const length = codePoints(kept)
  if (length < 1 || length > 100) throw invalid([{ path: 'name', message: 'must have 1 to 100 characters' }])
  return kept
}

/**
 * Lets a person carry work out for the caller's team, in addition to the teams they already work for, and creates a key
 * for them. A deactivated person works again, only for this team. `key` is returned only once: Croft stores its hash.
 * @throws CroftError `validation_error`
 */
export async function addManager(unit: UnitOfWork, name: string): Promise<{ managerId: string; key: string }> {
  const kept = personName(name)
  const added = await unit.commit(async (tx) => {
    const { id } = await tx.trx
      .insertInto('managers')
      .values({ id: newId(), name: kept, deactivated_at: null, created_at: tx.now })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ deactivated_at: null }))
      .returning('id')
      .executeTakeFirstOrThrow()
    await tx.trx
      .insertInto('manager_teams')
      .values({ manager_id: id, team_id: tx.caller.teamId, created_at: tx.now })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    const key = newKey()
    await tx.trx
      .insertInto('manager_keys')
      .values({
        manager_id: id,
        id: newId(),
        hash: hashOf(key),
        hint: `${key.slice(0, 10)}…${key.slice(-4)}`,
        created_at: tx.now,
      })
      .execute()
    await recordAudit(tx, 'manager.add', `manager:${id}`, null, { name: kept })
    return { managerId: id, key }
  })
  await awaitKeyChange(unit.ctx.db)
  return added
}

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
  // Work that is reserved for this person would never be done.
  await tx.trx
    .updateTable('work_items')
    .set({ manager_id: null, updated_at: tx.now })
    .where('manager_id', '=', id)
    .where('status', 'not in', ['done', 'canceled'])
    .execute()
  return { id, teamIds: served.map((row) => row.team_id) }
}

/**
 * Ends a person's work for every team: their keys are revoked at once, and what they hold goes back to the queue; the
 * post of a publish that they had started becomes `unconfirmed`. What they submitted stays submitted.
 * @throws CroftError `manager_not_found`
 */
export async function deactivateManager(ctx: Context, name: string): Promise<void> {
  const unit = openUnit(ctx, commandLine(noTeam))
  const { id } = await unit.commit(async (tx) => {
    const closed = await close(tx, name.trim())
    for (const teamId of closed.teamIds) {
      await recordAudit(inTeam(tx, teamId), 'manager.deactivate', `manager:${closed.id}`, { active: true }, { active: false })
    }
    return closed
  })
  await awaitKeyChange(ctx.db)
  await giveBackAll(ctx, id)
}
