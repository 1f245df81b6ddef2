import { sql } from 'kysely'
import type { ProfileField } from '../../drivers/contract.ts'
import type { ProfileRow } from '../../kernel/rows.ts'
import { insertTask } from '../../engine/tasks/insert.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'

/**
 * Makes sure that one task will apply the stored values: the fields are merged into an edit that has not begun, or that
 * waits for a retry. Call with the profile's row locked.
 */
export async function requestEdit(tx: Tx, profile: ProfileRow, fields: readonly ProfileField[]): Promise<void> {
  const waiting = await tx.trx
    .selectFrom('tasks')
    .select(['id', 'input'])
    .where('team_id', '=', profile.team_id)
    .where('profile_id', '=', profile.id)
    .where('kind', '=', 'profile_edit')
    .where('status', '=', 'queued')
    .orderBy('id')
    .limit(1)
    // A task that another transaction has locked is being started or canceled; waiting for it here could deadlock.
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()
  if (!waiting) {
    await insertTask(tx, { profileId: profile.id, kind: 'profile_edit', runAt: tx.now, input: { fields } })
    return
  }
  const folded = [...new Set([...editFields(waiting.input), ...fields])]
  await tx.trx
    .updateTable('tasks')
    // Started again, at once: the steps stored and the tries counted before belong to the old values.
    .set((eb) => ({
      input: JSON.stringify({ fields: folded }),
      run: eb('run', '+', 1),
      run_at: tx.now,
      parked: false,
      tries: 0,
      failure: null,
      updated_at: tx.now,
    }))
    .where('team_id', '=', profile.team_id)
    .where('id', '=', waiting.id)
    .execute()
}

const all: readonly ProfileField[] = ['name', 'username', 'bio', 'picture']

/** The fields that an edit task applies. */
export function editFields(input: { fields?: unknown }): ProfileField[] {
  const { fields } = input
  return Array.isArray(fields) ? all.filter((field) => fields.includes(field)) : []
}

/** Clears the mark of fields whose stored values the platform now displays. */
export async function markApplied(tx: Tx, profile: ProfileRow, fields: readonly ProfileField[]): Promise<void> {
  await tx.trx
    .updateTable('profiles')
    .set({
      not_applied: sql<string[]>`array(select unnest(not_applied) except select unnest(${[...fields]}::text[]) order by 1)`,
    })
    .where('team_id', '=', profile.team_id)
    .where('id', '=', profile.id)
    .where(sql<boolean>`not_applied && ${[...fields]}::text[]`)
    .execute()
}

/**
 * Marks fields whose stored values the platform refused. A name that it definitely refused has not been changed, so its
 * cooldown does not start; the cooldown of the change before had ended by then.
 */
export async function markNotApplied(
  tx: Tx,
  profile: ProfileRow,
  fields: readonly ProfileField[],
  refused: boolean,
): Promise<void> {
  await tx.trx
    .updateTable('profiles')
    .set({
      not_applied: sql<string[]>`array(select unnest(not_applied) union select unnest(${[...fields]}::text[]) order by 1)`,
      ...(refused && fields.includes('name') ? { name_changed_at: null } : {}),
    })
    .where('team_id', '=', profile.team_id)
    .where('id', '=', profile.id)
    .execute()
}
