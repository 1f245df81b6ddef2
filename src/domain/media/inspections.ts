import { setTimeout as pause } from 'node:timers/promises'
import type { IngestResult, Inspecting } from '../../media/index.ts'
import type { Context } from '../../kernel/context.ts'

/** Ends of a process amid the inspection of one file after which it is not inspected again. */
const mostCut = 2

/** What becomes of media whose inspection has ended a process too often; null where it may be inspected. */
export function cutTooOften(row: { inspections_cut: number }): IngestResult | null {
  if (row.inspections_cut < mostCut) return null
  const message = `Croft ended ${row.inspections_cut} times while it inspected the file, and does not inspect it again; give another file, or ask the operator of this server`
  return { ok: false, problems: [{ code: 'media_ended_worker', message }], retryable: false }
}

/**
 * Counts an inspection as cut before it begins, and takes that back once it has ended, however it ended.
 * A process that fetches, waits or is stopped counts for nothing.
 * @param set writes the row's `inspections_cut`
 */
export const counting =
  (ctx: Context, cut: number, set: (cut: number) => Promise<unknown>): Inspecting =>
  async (work) => {
    await set(cut + 1)
    await ctx.reach('inspection.began')
    try {
      return await work()
    } finally {
      await takeBack(ctx, () => set(0))
    }
  }

/** A database that is away for a while must not make the file look guilty. */
async function takeBack(ctx: Context, write: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await write()
      return
    } catch (error) {
      if (tries >= 10) throw error
      ctx.log.warn({ err: error }, 'the end of an inspection could not be noted; it is tried again')
      await pause(500 * tries)
    }
  }
}
