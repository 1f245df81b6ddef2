import type { MediaType } from '../../db/schema.ts'
import { codePoints } from '../../lib/text.ts'
import type { Context } from '../../kernel/context.ts'
import { invalid, type Detail } from '../../kernel/errors.ts'
import { dueNow } from '../media/kind.ts'
import { tokenIn } from '../media/own.ts'
import type { VideoSlotRow } from '../../kernel/rows.ts'
import { recordAudit } from '../../kernel/record.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import { getBundle, getSlot, lockBundle } from './get.ts'
import { invalidStatus, moveSlot } from './move.ts'

export interface VideoConfiguration {
  mediaType: MediaType
  mediaUrl: string
  title: string | null
  description: string | null
  soundId: string | null
  /** YYYY-MM-DD, in UTC. */
  targetPublishDate: string
}

const titleLimit = { video: 2_200, slideshow: 90 } as const
const twoYearsMs = 2 * 366 * 86_400_000

function dateProblem(day: string, now: Date): string | null {
  const at = new Date(`${day}T00:00:00Z`)
  if (Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== day) return 'must be an existing day, as YYYY-MM-DD'
  if (day < now.toISOString().slice(0, 10)) return 'is past; give today (UTC) or a later day'
  return at.getTime() > now.getTime() + twoYearsMs ? 'is more than two years ahead' : null
}

function problems(ctx: Context, input: VideoConfiguration): Detail[] {
  const found: Detail[] = []
  const check = tokenIn(ctx, input.mediaUrl) === null ? ctx.guard.check(input.mediaUrl) : null
  if (check && !check.ok) found.push({ path: 'media_url', message: check.message })
  const limit = titleLimit[input.mediaType]
  const length = codePoints(input.title ?? '')
  if (length > limit)
    found.push({ path: 'title', message: `has ${length} characters; a ${input.mediaType} allows at most ${limit}` })
  const date = dateProblem(input.targetPublishDate, ctx.clock.now())
  if (date !== null) found.push({ path: 'target_publish_date', message: date })
  return found
}

/**
 * Configures a video slot and replaces all its values. Its media is downloaded, checked and stored in the background; a
 * failure blocks publishing.
 * @throws CroftError `bundle_not_found`, `video_not_found`, `invalid_url`, `validation_error`, `invalid_status` once
 *   the bundle is published
 */
export async function configureVideo(
  unit: UnitOfWork,
  bundleId: string,
  position: string,
  input: VideoConfiguration,
): Promise<VideoSlotRow> {
  const { ctx, caller } = unit
  await getSlot(ctx.db, await getBundle(ctx.db, caller.teamId, bundleId), position)
  const found = problems(ctx, input)
  if (found.length > 0) throw invalid(found, found.every(({ path }) => path === 'media_url') ? 'invalid_url' : 'validation_error')
  return unit.commit(async (tx) => {
    const bundle = await lockBundle(tx, bundleId)
    const before = await getSlot(tx.trx, bundle, position)
    if (bundle.status !== 'pending_setup' && bundle.status !== 'configured')
      throw invalidStatus(
        'The bundle',
        bundle.status,
        'Its videos can be configured in pending_setup and configured; unpublish it first.',
      )
    const same =
      before.media_url === input.mediaUrl && before.media_type === input.mediaType && before.media_problems.length === 0
    const version = before.media_version + 1
    const media = same
      ? {}
      : { media_version: version, media_id: null, media_checked_at: null, media_problems: '[]', ...dueNow(tx) }
    const slot = await moveSlot(tx, before, 'configured', {
      ...media,
      media_type: input.mediaType,
      media_url: input.mediaUrl,
      title: input.title,
      description: input.description,
      sound_id: input.soundId,
      target_publish_date: input.targetPublishDate,
      configured_at: tx.now,
    })
    if (!same) tx.wake('videos')
    await recordAudit(tx, 'bundle.configure_video', `bundle:${bundle.id}`, auditValues(before), auditValues(slot))
    return slot
  })
}

const auditValues = ({ position, media_url, title, target_publish_date }: VideoSlotRow) => ({
  position,
  media_url,
  title,
  target_publish_date,
})
