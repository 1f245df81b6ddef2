import { sql, type Updateable } from 'kysely'
import type { Tables } from '../../db/schema.ts'
import { recordEvent } from '../../kernel/record.ts'
import type { VideoSlotRow } from '../../kernel/rows.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import { unclaimed, type MediaKind } from '../media/kind.ts'

const lock = (tx: Tx, slot: VideoSlotRow): Promise<VideoSlotRow | undefined> =>
  tx.trx
    .selectFrom('video_slots')
    .selectAll()
    .where('team_id', '=', slot.team_id)
    .where('bundle_id', '=', slot.bundle_id)
    .where('position', '=', slot.position)
    .where('media_checked_at', 'is', null)
    .where('status', '!=', 'canceled')
    .forUpdate()
    .executeTakeFirst()

const setChecked = (tx: Tx, slot: VideoSlotRow, set: Updateable<Tables['video_slots']>) =>
  tx.trx
    .updateTable('video_slots')
    .set({ ...set, ...unclaimed, media_checked_at: tx.now, updated_at: tx.now })
    .where('team_id', '=', slot.team_id)
    .where('bundle_id', '=', slot.bundle_id)
    .where('position', '=', slot.position)
    .execute()

/** The media of bundles' videos, checked as that of any post; what fails is kept with every reason. */
export const videoMedia: MediaKind<VideoSlotRow> = {
  loop: 'videos',
  table: 'video_slots',
  key: [
    ['team_id', 'uuid'],
    ['bundle_id', 'uuid'],
    ['position', 'integer'],
  ],
  waiting: `media_url is not null and media_checked_at is null and status <> 'canceled'`,
  concurrency: 16,
  share: 4,
  lock,
  accept: (now) => ({
    held: sql`
      select s.team_id, s.bundle_id, s.position from given join video_slots s using (team_id, bundle_id, position)
      where s.prepare_claim = given.claim and s.media_checked_at is null and s.status <> 'canceled'
      order by s.team_id, s.bundle_id, s.position for update of s`,
    change: sql`
      update video_slots s
      set media_id = coalesce(given.media_id, s.media_id), media_problems = '[]', prepare_claim = null, prepare_lease = null,
        media_checked_at = ${now}, updated_at = ${now}
      from held join given using (team_id, bundle_id, position)
      where s.team_id = held.team_id and s.bundle_id = held.bundle_id and s.position = held.position
      returning given.claim`,
  }),
  async reject(tx, slot, result) {
    const { bundle_id, position } = slot
    const problems = result.problems.map(({ code, message }) => ({ code, message }))
    await setChecked(tx, slot, { media_id: null, media_problems: JSON.stringify(problems) })
    await recordEvent(tx, 'bundle.video_media_rejected', { bundle_id, position, reasons: problems })
  },
}
