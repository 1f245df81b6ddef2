import type { Context } from '../context.ts'
import { systemScope, type Tx } from '../write/scope.ts'
import { changeItem, queued, released } from './change.ts'
import type { WorkRow } from './contract.ts'
import { handlerOf } from './handlers.ts'
import { holdItem } from './hold.ts'

const batch = 200

/** Puts held work back into the queue, or ends it where its kind cannot be begun twice. */
export async function giveBack(tx: Tx, item: WorkRow, action: 'lapse' | 'release'): Promise<WorkRow> {
  const next = await handlerOf(item.kind).lapsed(tx, item, item.status === 'started')
  const set = next === 'open' ? { status: queued(item), ...released } : { status: next, claimed_until: null }
  return changeItem(tx, item, action, set)
}

/** Whether the claim has run out, by the database's clock. */
async function isSilent(tx: Tx, item: WorkRow): Promise<boolean> {
  const silent = await tx.trx
    .selectFrom('work_items')
    .select('id')
    .where('team_id', '=', item.team_id)
    .where('id', '=', item.id)
    .where('claimed_until', '<=', tx.ctx.databaseClock.now())
    .executeTakeFirst()
  return silent !== undefined
}

/** Takes the held item from a holder whose claim has run out. */
export async function lapseIfSilent(tx: Tx, item: WorkRow): Promise<WorkRow> {
  const held = item.status === 'claimed' || item.status === 'started'
  return held && (await isSilent(tx, item)) ? giveBack(tx, item, 'lapse') : item
}

type Found = Pick<WorkRow, 'team_id' | 'id'>

/** One transaction an item, so that one which cannot go back holds up no other. */
async function eachOf(
  ctx: Context,
  found: readonly Found[],
  change: (tx: Tx, item: WorkRow) => Promise<WorkRow>,
): Promise<number> {
  let changed = 0
  for (const { team_id, id } of found) {
    try {
      await systemScope(ctx, team_id).commit(async (tx) => {
        const item = await holdItem(tx, id)
        if (item && (await change(tx, item)) !== item) changed += 1
      })
    } catch (error) {
      ctx.log.warn({ err: error, work_id: id }, 'work could not be put back; it is tried again')
    }
  }
  return changed
}

/** Takes work from holders who fell silent for longer than a claim holds. @returns how many items lapsed */
export async function lapseClaims(ctx: Context): Promise<number> {
  const found = await ctx.db
    .selectFrom('work_items')
    .select(['team_id', 'id'])
    .where('status', 'in', ['claimed', 'started'])
    .where('claimed_until', '<=', ctx.databaseClock.now())
    .orderBy('claimed_until')
    .limit(batch)
    .execute()
  return eachOf(ctx, found, lapseIfSilent)
}

/** Takes everything that a manager holds from them, as if they had fallen silent. */
export async function giveBackAll(ctx: Context, managerId: string): Promise<number> {
  const found = await ctx.db
    .selectFrom('work_items')
    .select(['team_id', 'id'])
    .where('holder_id', '=', managerId)
    .where('status', 'in', ['claimed', 'started'])
    .execute()
  return eachOf(ctx, found, async (tx, item) =>
    item.holder_id === managerId && (item.status === 'claimed' || item.status === 'started') ? giveBack(tx, item, 'lapse') : item,
  )
}
