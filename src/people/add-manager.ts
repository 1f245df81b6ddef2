import { newId } from '../lib/ids.ts'
import { codePoints } from '../lib/text.ts'
import { invalid } from '../kernel/errors.ts'
import { awaitKeyChange } from '../kernel/key-cache.ts'
import { hashOf, newKey } from '../kernel/key-secret.ts'
import { recordAudit } from '../kernel/record.ts'
import type { UnitOfWork } from '../kernel/unit-of-work.ts'

/** A person's name as it is kept. @throws CroftError `validation_error` */
export function personName(name: string): string {
  const kept = name.trim()
  const length = codePoints(kept)
  if (length < 1 || length > 100) throw invalid([{ path: 'name', message: 'must have 1 to 100 characters' }])
  return kept
}

/**
 * Lets a person carry work out for the scope's team, beside the teams that they serve already, and makes them a key.
 * A deactivated person works again, for this team alone. `key` is shown this once: only its hash is stored.
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
