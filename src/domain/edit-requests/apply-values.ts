import type { ProfileField } from '../../drivers/contract.ts'
import type { JsonObject } from '../../lib/json.ts'
import { reportedIn } from '../bundles/reported.ts'
import { markApplied } from '../profiles/edit.ts'
import type { EditRequestRow, ProfileRow } from '../../kernel/rows.ts'
import { recordAudit, recordEvent, recordTimeline } from '../../kernel/record.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'

/** What a person has set on the platform. Null: unchanged; empty: cleared. */
export interface AppliedValues {
  username: string
  visibleName: string
  bio: string | null
  link: string | null
  pictureId: string | null
}

/** The requested values, except for what the manager reported as different. */
export function valuesOf(request: EditRequestRow): AppliedValues {
  const { username, visibleName, biography, link } = reportedIn(request.submission)
  return {
    username: username ?? request.requested_username,
    visibleName: visibleName ?? request.requested_visible_name,
    bio: biography === undefined ? request.requested_biography : (biography ?? ''),
    link: link === undefined ? request.requested_link_in_bio : (link ?? ''),
    pictureId: request.picture_id,
  }
}

/**
 * Stores on the profile what a person has already set on the platform, so that no task applies it again. Call with the
 * profile locked.
 * @throws the database's own error if another active profile has the username
 */
export async function applyProfileValues(tx: Tx, profile: ProfileRow, values: AppliedValues): Promise<ProfileRow> {
  const next = {
    display_name: values.visibleName,
    username: values.username,
    bio: values.bio === null ? profile.bio : values.bio || null,
    link_in_bio: values.link === null ? profile.link_in_bio : values.link || null,
    picture_id: values.pictureId ?? profile.picture_id,
  }
  const changed = (Object.keys(next) as (keyof typeof next)[]).filter((column) => next[column] !== profile[column])
  if (changed.length === 0) return profile
  const row = await tx.trx
    .updateTable('profiles')
    .set({ ...next, ...(changed.includes('display_name') ? { name_changed_at: tx.now } : {}), updated_at: tx.now })
    .where('team_id', '=', profile.team_id)
    .where('id', '=', profile.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  await markApplied(
    tx,
    row,
    profileFields.filter((field) => changed.some((column) => fieldOf[column] === field)),
  )
  const auditValues = (of: ProfileRow): JsonObject => Object.fromEntries(changed.map((column) => [column, of[column]]))
  await recordTimeline(tx, {
    profileId: profile.id,
    kind: 'edit',
    to: 'stored',
    reason: `A manager changed ${changed.map((column) => fieldOf[column]).join(', ')} on the platform.`,
  })
  await recordEvent(tx, 'profile.updated', { profile_id: profile.id, fields: changed.map((column) => fieldOf[column]) })
  await recordAudit(tx, 'profile.update', `profile:${profile.id}`, auditValues(profile), auditValues(row))
  return row
}

const profileFields: readonly ProfileField[] = ['name', 'username', 'bio', 'picture']
const fieldOf = {
  display_name: 'name',
  username: 'username',
  bio: 'bio',
  link_in_bio: 'link_in_bio',
  picture_id: 'picture',
} as const
