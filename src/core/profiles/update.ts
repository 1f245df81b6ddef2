import { wakeProfile } from '../../jobs/definitions.ts'
import { codePoints } from '../../lib/text.ts'
import { platforms } from '../../platforms/index.ts'
import { CroftError, invalid } from '../errors.ts'
import { fetchPicture, keepPicture } from '../media/picture.ts'
import type { ProfileRow } from '../rows.ts'
import { recordAudit, recordEvent, recordTimeline } from '../write/record.ts'
import type { Scope } from '../write/scope.ts'
import { requestEdit } from './edit.ts'
import { findProfile, lockProfile } from './find.ts'
import { isClosed } from './lifecycle.ts'
import { viewProfile, type ProfileView } from './view.ts'

/** Omitted or null leaves a value as it is; an empty bio clears it. */
export interface ProfileChanges {
  bio?: string | null | undefined
  pictureUrl?: string | null | undefined
}

function requireOpen(profile: ProfileRow): void {
  if (isClosed(profile.status)) {
    throw new CroftError('profile_closed', `The profile is ${profile.status}, for good. Create a new one.`, {
      status: profile.status,
    })
  }
}

/**
 * Changes the stored values at once; a `profile_edit` task applies them on the platform. Source: seed page 1.
 * @throws CroftError `profile_not_found`, `nothing_to_update`, `profile_closed`, `validation_error`, or what is wrong with the picture
 */
export async function updateProfile(scope: Scope, id: string, changes: ProfileChanges): Promise<ProfileView> {
  const { ctx, caller } = scope
  const profile = await findProfile(ctx.db, caller.teamId, id)
  const bio = changes.bio ?? undefined
  if (bio === undefined && changes.pictureUrl == null)
    throw new CroftError('nothing_to_update', 'Give a bio, a profile_picture_url, or both.')
  requireOpen(profile)
  const { max } = platforms[profile.platform].bio
  const length = codePoints(bio ?? '')
  if (length > max)
    throw invalid([{ path: 'bio', message: `has ${length} characters; ${profile.platform} takes at most ${max}` }])
  const picture = changes.pictureUrl == null ? null : await fetchPicture(ctx, caller.teamId, changes.pictureUrl)
  return scope.commit(async (tx) => {
    const before = await lockProfile(tx.trx, caller.teamId, id)
    requireOpen(before)
    const row = await tx.trx
      .updateTable('profiles')
      .set({
        ...(bio === undefined ? {} : { bio: bio || null }),
        ...(picture ? { picture_id: await keepPicture(tx, picture) } : {}),
        updated_at: tx.now,
      })
      .where('team_id', '=', caller.teamId)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
    const fields = [...(bio === undefined ? [] : ['bio' as const]), ...(picture ? ['picture' as const] : [])]
    await requestEdit(tx, row, fields)
    await recordTimeline(tx, {
      profileId: id,
      kind: 'edit',
      to: 'stored',
      reason: `New ${fields.join(' and ')} stored; a task applies it on the platform.`,
    })
    await recordEvent(tx, 'profile.updated', { profile_id: id, fields })
    await recordAudit(
      tx,
      'profile.update',
      `profile:${id}`,
      { bio: before.bio, picture_id: before.picture_id },
      { bio: row.bio, picture_id: row.picture_id },
    )
    await tx.send(wakeProfile, { team_id: caller.teamId, profile_id: id })
    return viewProfile(ctx, tx.trx, row)
  })
}
