import type { Updateable } from 'kysely'
import type { Tables } from '../../db/schema.ts'
import { releaseProfile } from '../../engine/tasks/park.ts'
import { CroftError } from '../../kernel/errors.ts'
import type { ProfileRow } from '../../kernel/rows.ts'
import { recordEvent, recordTimeline } from '../../kernel/record.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import { nextStatus, type LifecycleEvent } from './lifecycle.ts'

/**
 * Moves a profile along its lifecycle by a conditional update, with its event and its timeline entry.
 * @throws CroftError `invalid_state` if the move is not allowed, or another change came first
 */
export async function moveProfile(
  tx: Tx,
  profile: Pick<ProfileRow, 'id' | 'status'>,
  event: LifecycleEvent,
  reason: string,
  set: Updateable<Tables['profiles']> = {},
): Promise<ProfileRow> {
  const to = nextStatus(profile.status, event)
  const moved =
    to &&
    (await tx.trx
      .updateTable('profiles')
      .set({ ...set, status: to, updated_at: tx.now })
      .where('team_id', '=', tx.caller.teamId)
      .where('id', '=', profile.id)
      .where('status', '=', profile.status)
      .returningAll()
      .executeTakeFirst())
  if (!moved)
    throw new CroftError('invalid_state', `The profile is ${profile.status}; this is not possible now.`, {
      status: profile.status,
    })
  await recordTimeline(tx, { profileId: profile.id, kind: 'status', from: profile.status, to: moved.status, reason })
  await recordEvent(tx, 'profile.status_changed', { profile_id: profile.id, from: profile.status, to: moved.status, reason })
  await releaseProfile(tx, { team_id: tx.caller.teamId, profile_id: profile.id })
  return moved
}
