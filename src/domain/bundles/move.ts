import type { Updateable } from 'kysely'
import type { PartStatus, Tables } from '../../db/schema.ts'
import type { JsonObject } from '../../lib/json.ts'
import { CroftError } from '../../kernel/errors.ts'
import type { EventType } from '../../kernel/event-types.ts'
import type { BundleAccountRow, BundleRow, VideoSlotRow } from '../../kernel/rows.ts'
import { recordEvent } from '../../kernel/record.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import { nextBundleStatus, nextPartStatus, type BundleEvent, type PartEvent } from './lifecycle.ts'

/** The data of a bundle's events. */
export const bundleFacts = (bundle: BundleRow): JsonObject => ({
  bundle_id: bundle.id,
  bundle_type: bundle.bundle_type,
  platform: bundle.platform,
  status: bundle.status,
  account_id: bundle.profile_id,
  external_ref: bundle.external_ref,
})

/** The portal's 409: what is in which status, and why that is wrong. */
export const invalidStatus = (what: string, status: string, why = 'This is not possible now.'): CroftError =>
  new CroftError('invalid_status', `${what} is ${status}. ${why}`, { status })

/**
 * Moves a bundle along its lifecycle by a conditional update, with its event.
 * @throws CroftError `invalid_status` if the move is not allowed, or another change came first
 */
export async function moveBundle(
  tx: Tx,
  bundle: BundleRow,
  event: BundleEvent,
  set: Updateable<Tables['bundles']> = {},
): Promise<BundleRow> {
  const to = nextBundleStatus(bundle.status, event)
  const moved =
    to &&
    (await tx.trx
      .updateTable('bundles')
      .set({ ...set, status: to, updated_at: tx.now })
      .where('team_id', '=', bundle.team_id)
      .where('id', '=', bundle.id)
      .where('status', '=', bundle.status)
      .returningAll()
      .executeTakeFirst())
  if (!moved) throw invalidStatus('The bundle', bundle.status)
  await recordEvent(tx, `bundle.${event}`, { ...bundleFacts(moved), from: bundle.status })
  return moved
}

const accountEvents: Partial<Record<PartEvent, EventType>> = {
  handed_in: 'bundle.account_in_review',
  amended: 'bundle.account_in_review',
  sent_back: 'bundle.account_corrections',
  finalized: 'bundle.account_finalized',
}

/** Moves a bundle's account, like {@link moveBundle}. `more` is added to its event. */
export async function moveAccount(
  tx: Tx,
  account: BundleAccountRow,
  event: PartEvent,
  set: Updateable<Tables['bundle_accounts']> = {},
  more: JsonObject = {},
): Promise<BundleAccountRow> {
  const to = nextPartStatus(account.status, event)
  const moved =
    to &&
    (await tx.trx
      .updateTable('bundle_accounts')
      .set({ ...set, status: to, updated_at: tx.now })
      .where('team_id', '=', account.team_id)
      .where('bundle_id', '=', account.bundle_id)
      .where('status', '=', account.status)
      .returningAll()
      .executeTakeFirst())
  if (!moved) throw invalidStatus('The bundle’s account', account.status)
  const type = accountEvents[event]
  if (type) await recordEvent(tx, type, { bundle_id: account.bundle_id, status: moved.status, ...more })
  return moved
}

const videoEvents: Partial<Record<PartEvent, EventType>> = {
  configured: 'bundle.video_configured',
  accepted: 'bundle.video_accepted',
  handed_in: 'bundle.video_in_review',
  amended: 'bundle.video_in_review',
  sent_back: 'bundle.video_corrections',
  finalized: 'bundle.video_finalized',
}

/** Moves a video slot, like {@link moveBundle}. `more` is added to its event. */
export async function moveSlot(
  tx: Tx,
  slot: VideoSlotRow,
  event: PartEvent,
  set: Updateable<Tables['video_slots']> = {},
  more: JsonObject = {},
): Promise<VideoSlotRow> {
  const to = nextPartStatus(slot.status, event)
  const moved =
    to &&
    (await tx.trx
      .updateTable('video_slots')
      .set({ ...set, status: to, updated_at: tx.now })
      .where('team_id', '=', slot.team_id)
      .where('bundle_id', '=', slot.bundle_id)
      .where('position', '=', slot.position)
      .where('status', '=', slot.status)
      .returningAll()
      .executeTakeFirst())
  if (!moved) throw invalidStatus(`Video ${slot.position}`, slot.status)
  const type = videoEvents[event]
  if (type)
    await recordEvent(tx, type, {
      bundle_id: slot.bundle_id,
      position: slot.position,
      status: moved.status,
      post_url: moved.post_url,
      ...more,
    })
  return moved
}

/** Moves every slot of a bundle that is in `from`, in one statement and without events of their own. */
export async function moveSlots(tx: Tx, bundle: BundleRow, from: readonly PartStatus[], to: PartStatus): Promise<void> {
  await tx.trx
    .updateTable('video_slots')
    .set({ status: to, updated_at: tx.now })
    .where('team_id', '=', bundle.team_id)
    .where('bundle_id', '=', bundle.id)
    .where('status', 'in', from)
    .execute()
}
