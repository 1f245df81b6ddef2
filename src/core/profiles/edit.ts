import type { ProfileField } from '../../drivers/contract.ts'
import type { ProfileRow } from '../rows.ts'
import { insertTask } from '../tasks/insert.ts'
import type { Tx } from '../write/scope.ts'

/**
 * Sees to it that one task will apply the stored values: fields fold into an edit that has not begun.
 * Call with the profile's row held.
 */
export async function requestEdit(tx: Tx, profile: ProfileRow, fields: readonly ProfileField[]): Promise<void> {
  const waiting = await tx.trx
    .selectFrom('tasks')
    .select(['id', 'input'])
    .where('team_id', '=', profile.team_id)
    .where('profile_id', '=', profile.id)
    .where('kind', '=', 'profile_edit')
    .where('status', '=', 'queued')
    .forUpdate()
    .executeTakeFirst()
  if (!waiting) {
    await insertTask(tx, { profileId: profile.id, kind: 'profile_edit', runAt: tx.now, input: { fields } })
    return
  }
  const folded = [...new Set([...editFields(waiting.input), ...fields])]
  await tx.trx
    .updateTable('tasks')
    .set({ input: JSON.stringify({ fields: folded }), updated_at: tx.now })
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
