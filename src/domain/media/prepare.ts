import type { IngestResult } from '../../media/index.ts'
import type { Context } from '../../kernel/context.ts'
import { systemUnit, type Tx } from '../../kernel/unit-of-work.ts'
import { bringMedia, pausesMs } from './bring.ts'
import { claimFiles } from './claims.ts'
import { counting, cutTooOften } from './inspections.ts'
import { unclaimed, type MediaKind, type MediaRequest } from './kind.ts'
import { setClaimed } from './media-rows.ts'

/** The pause after a fault of Croft's own, such as a full disk: 5 s doubling up to 2 minutes. */
const faultPauseMs = (faults: number): number => Math.min(5_000 * 2 ** faults, 120_000)

async function isKept(ctx: Context, { team_id, media_id }: MediaRequest): Promise<boolean> {
  if (media_id === null) return false
  const row = ctx.db.selectFrom('media').select('id').where('team_id', '=', team_id).where('id', '=', media_id)
  return (await row.executeTakeFirst()) !== undefined
}

/**
 * Fetches, checks and keeps the media of a claimed row, and settles the row by it. Nothing is settled once the claim is lost.
 * Trouble at the media's own server that may pass is waited for: four more tries over about a minute.
 * What was not ended, since the process stops or Croft itself failed, is given back.
 */
export async function prepareMedia<Row extends MediaRequest>(
  ctx: Context,
  kind: MediaKind<Row>,
  row: Row,
  signal: AbortSignal,
): Promise<void> {
  const { team_id, media_url, media_type } = row
  if (media_url === null || media_type === null) return
  const files = claimFiles(ctx)
  const inspecting = counting(ctx, row.inspections_cut, (cut) => setClaimed(ctx, kind, row, { inspections_cut: cut }))
  const bring = () => bringMedia({ ...ctx, store: files.store }, { team_id, media_url, media_type }, signal, inspecting)
  try {
    await ctx.reach('prepare.began')
    const result = (await isKept(ctx, row)) ? null : (cutTooOften(row) ?? (await bring()))
    await ctx.reach('prepare.fetched')
    await systemUnit(ctx, team_id).commit((tx) => settle(tx, kind, row, result))
    await ctx.reach('prepare.stored')
  } catch (error) {
    if (signal.aborted) await setClaimed(ctx, kind, row, unclaimed)
    else {
      const at = new Date(ctx.clock.now().getTime() + faultPauseMs(row.prepare_faults))
      await setClaimed(ctx, kind, row, { ...unclaimed, prepare_at: at, prepare_faults: row.prepare_faults + 1 })
      throw error
    }
  } finally {
    await files.release()
  }
}

async function settle<Row extends MediaRequest>(
  tx: Tx,
  kind: MediaKind<Row>,
  claimed: Row,
  result: IngestResult | null,
): Promise<void> {
  const row = await kind.lock(tx, claimed)
  if (!row || row.prepare_claim !== claimed.prepare_claim) return
  const pause = pausesMs[row.prepare_tries]
  if (result?.ok === false && result.retryable && pause !== undefined) {
    const at = new Date(tx.now.getTime() + pause)
    const next = { prepare_at: at, prepare_tries: row.prepare_tries + 1, prepare_faults: 0, updated_at: tx.now }
    await setClaimed({ db: tx.trx }, kind, row, { ...unclaimed, ...next })
  } else if (result?.ok === false) await kind.reject(tx, row, result)
  else await kind.accept(tx, row, result)
}
