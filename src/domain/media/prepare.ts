import type { IngestResult } from '../../media/index.ts'
import type { Context } from '../../kernel/context.ts'
import { systemUnit, type Tx } from '../../kernel/unit-of-work.ts'
import { gather } from '../../kernel/group-commit.ts'
import { acceptRows, type Accepted } from './accept.ts'
import { bringMedia, pausesMs } from './bring.ts'
import { claimFiles, claimTogether, type ClaimFile } from './claims.ts'
import { counting, cutTooOften } from './inspections.ts'
import { unclaimed, type MediaKind, type MediaRequest } from './kind.ts'
import { countCuts, setClaimed, type Cut } from './media-rows.ts'
import { findOwnTogether, type FindOwn } from './own.ts'

/** The pause after a fault of Croft's own, such as a full disk: 5 s doubling up to 2 minutes. */
const faultPauseMs = (faults: number): number => Math.min(5_000 * 2 ** faults, 120_000)

async function isKept(ctx: Context, { team_id, media_id }: MediaRequest): Promise<boolean> {
  if (media_id === null) return false
  const row = ctx.db.selectFrom('media').select('id').where('team_id', '=', team_id).where('id', '=', media_id)
  return (await row.executeTakeFirst()) !== undefined
}

/** Prepares one claimed row. `signal`: its lease has ended, or the process stops. */
export type Prepare<Row> = (row: Row, signal: AbortSignal) => Promise<void>

/** What the rows that are prepared at the same time ask of the database together. */
interface Shared<Row extends MediaRequest> {
  claimFile: ClaimFile
  findOwn: FindOwn
  countCut: (cut: Cut<Row>) => Promise<boolean>
  /** @returns false if the row is no longer held */
  accept: (accepted: Accepted<Row>) => Promise<boolean>
}

const most = 200

function openShared<Row extends MediaRequest>(ctx: Context, kind: MediaKind<Row>): Shared<Row> {
  return {
    claimFile: claimTogether(ctx),
    findOwn: findOwnTogether(ctx),
    countCut: gather(
      async (cuts: Cut<Row>[]) => {
        await countCuts(ctx, kind, cuts)
        return cuts.map(() => true)
      },
      { most },
    ),
    accept: gather(
      async (accepted: Accepted<Row>[]) => {
        const settled = await acceptRows(ctx, kind, accepted)
        ctx.wakeups.wake('tasks')
        return accepted.map(({ row }) => row.prepare_claim !== null && settled.has(row.prepare_claim))
      },
      { most },
    ),
  }
}

/**
 * What prepares the rows of one kind: it fetches, checks and keeps the media of a claimed row, and settles the row by it.
 * Nothing is settled once the claim is lost. Trouble at the media's own server that may pass is waited for: four more
 * tries over about a minute. What was not ended, since the process stops or Croft itself failed, is given back.
 */
export function openPreparation<Row extends MediaRequest>(ctx: Context, kind: MediaKind<Row>): Prepare<Row> {
  const shared = openShared(ctx, kind)
  return async (row, signal) => {
    const { team_id, media_url, media_type } = row
    if (media_url === null || media_type === null) return
    const files = claimFiles(ctx, shared.claimFile)
    const inspecting = counting(ctx, row.inspections_cut, (cut) => shared.countCut({ row, cut }))
    const bring = () =>
      bringMedia({ ...ctx, store: files.store }, { team_id, media_url, media_type }, signal, {
        inspecting,
        findOwn: shared.findOwn,
      })
    try {
      await ctx.reach('prepare.began')
      const result = (await isKept(ctx, row)) ? null : (cutTooOften(row) ?? (await bring()))
      await ctx.reach('prepare.fetched')
      if (result?.ok === false) await systemUnit(ctx, team_id).commit((tx) => refuse(tx, kind, row, result))
      else if (await shared.accept({ row, result, files: files.id() }))
        files.ended(result?.media.files.map(({ hash }) => hash) ?? [])
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
}

/** Lets a row whose media was not brought be tried again, or rejects it. */
async function refuse<Row extends MediaRequest>(
  tx: Tx,
  kind: MediaKind<Row>,
  claimed: Row,
  result: IngestResult & { ok: false },
): Promise<void> {
  const row = await kind.lock(tx, claimed)
  if (!row || row.prepare_claim !== claimed.prepare_claim) return
  const pause = pausesMs[row.prepare_tries]
  if (result.retryable && pause !== undefined) {
    const at = new Date(tx.now.getTime() + pause)
    const next = { prepare_at: at, prepare_tries: row.prepare_tries + 1, prepare_faults: 0, updated_at: tx.now }
    await setClaimed({ db: tx.trx }, kind, row, { ...unclaimed, ...next })
  } else await kind.reject(tx, row, result)
}
