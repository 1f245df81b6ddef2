import { checkVideo } from '../../jobs/definitions.ts'
import type { IngestResult } from '../../media/index.ts'
import type { Context } from '../../kernel/context.ts'
import { bringMedia, pausesMs } from '../media/bring.ts'
import { claimFiles } from '../media/claims.ts'
import { counting, cutTooOften } from '../media/inspections.ts'
import { keepMedia } from '../media/keep.ts'
import type { VideoSlotRow } from '../../kernel/rows.ts'
import { recordEvent } from '../../kernel/record.ts'
import { systemUnit, type Tx } from '../../kernel/unit-of-work.ts'
import { findBundle, findSlot } from './find.ts'

interface CheckInput {
  teamId: string
  bundleId: string
  position: number
  version: number
  tries: number
  signal: AbortSignal
}

const isWanted = (slot: VideoSlotRow, input: CheckInput): boolean =>
  slot.media_version === input.version && slot.media_checked_at === null

const inspecting = (ctx: Context, slot: VideoSlotRow) =>
  counting(ctx, slot.inspections_cut, (cut) =>
    ctx.db
      .updateTable('video_slots')
      .set({ inspections_cut: cut })
      .where('team_id', '=', slot.team_id)
      .where('bundle_id', '=', slot.bundle_id)
      .where('position', '=', slot.position)
      .where('media_version', '=', slot.media_version)
      .execute(),
  )

/**
 * Downloads, checks and stores the media of one version of a video slot, like that of a post. If it fails, every reason
 * is stored.
 */
export async function checkVideoMedia(ctx: Context, input: CheckInput): Promise<void> {
  const { teamId, bundleId } = input
  const slot = await findSlot(ctx.db, await findBundle(ctx.db, teamId, bundleId), input.position)
  const { media_url, media_type } = slot
  if (!isWanted(slot, input) || media_url === null || media_type === null) return
  const files = claimFiles(ctx)
  try {
    const media = { team_id: teamId, media_url, media_type }
    const bring = () => bringMedia({ ...ctx, store: files.store }, media, input.signal, inspecting(ctx, slot))
    const result = cutTooOften(slot) ?? (await bring())
    await systemUnit(ctx, teamId).commit((tx) => settle(tx, input, media_url, result))
  } finally {
    await files.release()
  }
}

async function settle(tx: Tx, input: CheckInput, url: string, result: IngestResult): Promise<void> {
  const { teamId, bundleId, position, version } = input
  const pause = pausesMs[input.tries]
  if (!result.ok && result.retryable && pause !== undefined) {
    const next = { team_id: teamId, bundle_id: bundleId, position, media_version: version, tries: input.tries + 1 }
    await tx.send(checkVideo, next, new Date(tx.now.getTime() + pause))
    return
  }
  const slot = await holdSlot(tx, input)
  if (!slot || !isWanted(slot, input)) return
  const problems = result.ok ? [] : result.problems.map(({ code, message }) => ({ code, message }))
  await tx.trx
    .updateTable('video_slots')
    .set({
      media_id: result.ok ? await keepMedia(tx, result.media, url) : null,
      media_problems: JSON.stringify(problems),
      media_checked_at: tx.now,
      updated_at: tx.now,
    })
    .where('team_id', '=', teamId)
    .where('bundle_id', '=', bundleId)
    .where('position', '=', position)
    .execute()
  if (problems.length > 0)
    await recordEvent(tx, 'bundle.video_media_rejected', { bundle_id: bundleId, position, reasons: problems })
}

const holdSlot = (tx: Tx, { teamId, bundleId, position }: CheckInput): Promise<VideoSlotRow | undefined> =>
  tx.trx
    .selectFrom('video_slots')
    .selectAll()
    .where('team_id', '=', teamId)
    .where('bundle_id', '=', bundleId)
    .where('position', '=', position)
    .forUpdate()
    .executeTakeFirst()

/** Longer than any download with its retries may take. */
const lostMs = 15 * 60_000
const batch = 200

/** Sends the jobs of checks again that no worker holds any more: a lost job is late, not lost. @returns how many were sent */
export async function findLostChecks(ctx: Context): Promise<number> {
  const late = new Date(ctx.clock.now().getTime() - lostMs)
  const lost = await ctx.db
    .updateTable('video_slots')
    .set({ updated_at: ctx.clock.now() })
    .where((eb) =>
      eb(
        eb.refTuple('team_id', 'bundle_id', 'position'),
        'in',
        eb
          .selectFrom('video_slots')
          .select(['team_id', 'bundle_id', 'position'])
          .where('media_url', 'is not', null)
          .where('media_checked_at', 'is', null)
          .where('updated_at', '<', late)
          .where('status', '!=', 'canceled')
          .limit(batch)
          .$asTuple('team_id', 'bundle_id', 'position'),
      ),
    )
    .returning(['team_id', 'bundle_id', 'position', 'media_version'])
    .execute()
  for (const { team_id, ...slot } of lost)
    await systemUnit(ctx, team_id).commit((tx) => tx.send(checkVideo, { team_id, ...slot }))
  return lost.length
}
