import type { Db, Trx } from '../../db/connect.ts'
import { isUuid } from '../../lib/ids.ts'
import { CroftError } from '../../kernel/errors.ts'
import type { BundleAccountRow, BundleRow, VideoSlotRow } from '../../kernel/rows.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import { activeWorkStatuses } from '../../people/queue.ts'

const missing = () =>
  new CroftError('bundle_not_found', 'No bundle has this id. Check it, and the key: each team sees its own bundles.')

/** @throws CroftError `bundle_not_found`, also for another team's bundle and for an invalid id */
export async function getBundle(db: Db | Trx, teamId: string, id: string): Promise<BundleRow> {
  const row =
    isUuid(id) &&
    (await db.selectFrom('bundles').selectAll().where('team_id', '=', teamId).where('id', '=', id).executeTakeFirst())
  if (!row) throw missing()
  return row
}

/**
 * Like {@link getBundle}, and locks the bundle until the transaction ends. Its work is locked first, as when a manager
 * claims it, which prevents deadlocks.
 */
export async function lockBundle(tx: Tx, id: string): Promise<BundleRow> {
  if (!isUuid(id)) throw missing()
  const { teamId } = tx.caller
  await tx.trx
    .selectFrom('work_items')
    .select('id')
    .where('team_id', '=', teamId)
    .where('bundle_id', '=', id)
    .where('status', 'in', activeWorkStatuses)
    .orderBy('id')
    .forUpdate()
    .execute()
  return lockBundleRow(tx, id)
}

/** Locks the bundle; the caller has locked its work already. */
export async function lockBundleRow(tx: Tx, id: string): Promise<BundleRow> {
  const row = await tx.trx
    .selectFrom('bundles')
    .selectAll()
    .where('team_id', '=', tx.caller.teamId)
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!row) throw missing()
  return row
}

/** The bundle's account, or null if it has none of its own (`videos_only`). */
export async function accountOf(db: Db | Trx, bundle: Pick<BundleRow, 'team_id' | 'id'>): Promise<BundleAccountRow | null> {
  const row = await db
    .selectFrom('bundle_accounts')
    .selectAll()
    .where('team_id', '=', bundle.team_id)
    .where('bundle_id', '=', bundle.id)
    .executeTakeFirst()
  return row ?? null
}

/** The bundle's video slots in order. */
export const slotsOf = (db: Db | Trx, bundle: Pick<BundleRow, 'team_id' | 'id'>): Promise<VideoSlotRow[]> =>
  db
    .selectFrom('video_slots')
    .selectAll()
    .where('team_id', '=', bundle.team_id)
    .where('bundle_id', '=', bundle.id)
    .orderBy('position')
    .execute()

/** @throws CroftError `video_not_found`, also for a position that is not a number */
export async function getSlot(db: Db | Trx, bundle: BundleRow, position: string | number): Promise<VideoSlotRow> {
  const row =
    /^[1-9]\d{0,3}$/.test(String(position)) &&
    (await db
      .selectFrom('video_slots')
      .selectAll()
      .where('team_id', '=', bundle.team_id)
      .where('bundle_id', '=', bundle.id)
      .where('position', '=', Number(position))
      .executeTakeFirst())
  if (!row)
    throw new CroftError(
      'video_not_found',
      bundle.videos_quantity === 0
        ? 'This bundle has no videos.'
        : `This bundle has the video positions 1 to ${bundle.videos_quantity}.`,
    )
  return row
}
