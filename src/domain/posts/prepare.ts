import type { IngestResult } from '../../media/index.ts'
import { preparePost } from '../../jobs/definitions.ts'
import { releaseProfile } from '../../engine/tasks/park.ts'
import type { Reason } from '../../db/schema.ts'
import type { Context } from '../../kernel/context.ts'
import { bringMedia, pausesMs } from '../media/bring.ts'
import { claimFiles } from '../media/claims.ts'
import { counting, cutTooOften } from '../media/inspections.ts'
import { keepMedia } from '../media/keep.ts'
import type { MediaRow, PostRow } from '../../kernel/rows.ts'
import { systemUnit, type Tx } from '../../kernel/unit-of-work.ts'
import { recordEvent } from '../../kernel/record.ts'
import { lockPost } from './find.ts'
import { isOfCaption } from './input.ts'
import { movePost, postFacts } from './move.ts'
import { takeLease } from './prepare-lease.ts'

const keptMedia = async (ctx: Context, post: PostRow): Promise<MediaRow | undefined> =>
  post.media_id === null
    ? undefined
    : ctx.db
        .selectFrom('media')
        .selectAll()
        .where('team_id', '=', post.team_id)
        .where('id', '=', post.media_id)
        .executeTakeFirst()

const inspecting = (ctx: Context, post: PostRow) =>
  counting(ctx, post.inspections_cut, (cut) =>
    ctx.db
      .updateTable('posts')
      .set({ inspections_cut: cut })
      .where('team_id', '=', post.team_id)
      .where('id', '=', post.id)
      .where('media_version', '=', post.media_version)
      .execute(),
  )

interface PrepareInput {
  teamId: string
  taskId: string
  version: number
  tries: number
  signal: AbortSignal
}

/**
 * Fetches, checks and keeps the media of one version of a post, then schedules or fails the post.
 * Trouble at the media's own server that may pass is waited for: four more tries over about a minute.
 */
export async function prepareMedia(ctx: Context, input: PrepareInput): Promise<void> {
  const lease = await takeLease(ctx, input)
  if (!lease) return
  const files = claimFiles(ctx)
  try {
    await ctx.reach('prepare.began')
    const kept = await keptMedia(ctx, lease.post)
    const bring = () => bringMedia({ ...ctx, store: files.store }, lease.post, input.signal, inspecting(ctx, lease.post))
    const result = kept ? null : (cutTooOften(lease.post) ?? (await bring()))
    await ctx.reach('prepare.fetched')
    await settle(ctx, input, result)
    await ctx.reach('prepare.stored')
  } finally {
    await files.release()
    await lease.release()
  }
}

function settle(ctx: Context, input: PrepareInput, result: IngestResult | null): Promise<void> {
  const { teamId, taskId } = input
  return systemUnit(ctx, teamId).commit(async (tx) => {
    const post = await lockPost(tx.trx, teamId, taskId)
    if (post.status !== 'preparing' || post.media_version !== input.version) return
    const pause = pausesMs[input.tries]
    if (result && !result.ok && result.retryable && pause !== undefined) {
      await tx.trx
        .updateTable('posts')
        .set({ prepare_lease: null, updated_at: tx.now })
        .where('team_id', '=', teamId)
        .where('id', '=', taskId)
        .execute()
      const next = { team_id: teamId, task_id: taskId, media_version: input.version, tries: input.tries + 1 }
      await tx.send(preparePost, next, new Date(tx.now.getTime() + pause))
    } else if (result && !result.ok) await reject(tx, post, result.problems)
    else await accept(tx, post, result)
  })
}

async function reject(tx: Tx, post: PostRow, problems: readonly Reason[]): Promise<void> {
  const reasons = problems.map(({ code, message }) => ({ code, message }))
  const message = reasons.map((reason) => reason.message).join('; ')
  const failure = { code: reasons[0]?.code ?? 'media_unreachable', message, reasons }
  const failed = await movePost(tx, post, 'media_rejected', `The media was refused: ${message}`, {
    post: { failure: JSON.stringify(failure), prepare_lease: null },
  })
  await recordEvent(tx, 'post.media_rejected', postFacts(failed))
}

async function accept(tx: Tx, post: PostRow, result: (IngestResult & { ok: true }) | null): Promise<void> {
  const media = result
    ? {
        media_id: await keepMedia(tx, result.media, post.media_url),
        warnings: JSON.stringify([...post.warnings.filter(isOfCaption), ...result.warnings]),
      }
    : {}
  const later = post.execute_at !== null && post.execute_at > tx.now
  await movePost(tx, post, later ? 'media_ready_later' : 'media_ready', 'The media is checked and kept.', {
    post: { ...media, prepare_lease: null },
  })
  await releaseProfile(tx, { team_id: post.team_id, profile_id: post.profile_id })
}
