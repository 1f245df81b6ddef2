import type { ProfileField } from '../../drivers/contract.ts'
import type { JsonObject } from '../../lib/json.ts'
import { keepPicture, type FetchedPicture } from '../media/picture.ts'
import type { ProfileRow } from '../../kernel/rows.ts'
import { recordAudit } from '../../kernel/record.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import { nameMayChange, requireNameChange } from './name-change.ts'

/** Checked values to store; undefined leaves a value as it is, an empty bio clears it. */
export interface NewValues {
  name: string | undefined
  username: string | undefined
  bio: string | undefined
  picture: FetchedPicture | null
}

/** The fields that change, or that the platform refused before and that must be tried again. */
export function changedFields(profile: ProfileRow, values: NewValues): ProfileField[] {
  const present = { name: profile.display_name, username: profile.username, bio: profile.bio ?? '' }
  const texts = (['name', 'username', 'bio'] as const).filter(
    (field) => values[field] !== undefined && (values[field] !== present[field] || profile.not_applied.includes(field)),
  )
  return values.picture ? [...texts, 'picture'] : texts
}

const auditValues = (row: ProfileRow, fields: readonly ProfileField[]): JsonObject => {
  const all = { name: row.display_name, username: row.username, bio: row.bio, picture: row.picture_id }
  return Object.fromEntries(fields.map((field) => [field, all[field]]))
}

/**
 * Stores the values by one update, which finds no row if the name may not change after all. Call with `before` locked.
 * @throws CroftError `name_change_restricted`, and nothing is stored
 */
export async function storeValues(
  tx: Tx,
  before: ProfileRow,
  values: NewValues,
  fields: readonly ProfileField[],
): Promise<ProfileRow> {
  const renamed = values.name !== undefined && values.name !== before.display_name
  const named = renamed ? tx.now : fields.includes('name') ? (before.name_changed_at ?? tx.now) : before.name_changed_at
  let update = tx.trx
    .updateTable('profiles')
    .set({
      display_name: values.name ?? before.display_name,
      name_changed_at: named,
      username: values.username ?? before.username,
      bio: values.bio === undefined ? before.bio : values.bio || null,
      ...(values.picture ? { picture_id: await keepPicture(tx, values.picture) } : {}),
      updated_at: tx.now,
    })
    .where('team_id', '=', before.team_id)
    .where('id', '=', before.id)
    .where('status', '=', before.status)
  if (renamed) update = update.where(nameMayChange(before.platform, tx.now))
  const row = await update.returningAll().executeTakeFirst()
  if (!row) {
    requireNameChange(before, tx.now)
    throw new Error('the profile changed while its row was locked')
  }
  await recordAudit(tx, 'profile.update', `profile:${row.id}`, auditValues(before, fields), auditValues(row, fields))
  return row
}
