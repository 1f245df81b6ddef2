import type { Context } from '../kernel/context.ts'
import { systemUnit, type Tx } from '../kernel/unit-of-work.ts'
import { changeItem, queued, released } from './change.ts'
import { handlerOf, type WorkItem } from './contract.ts'
import { lockItem } from './lock.ts'

const batch = 200

/** Puts held work back into the queue, or ends it if its kind must not be started twice. */
export async function giveBack(tx: Tx, item: WorkItem, action: 'lapse' | 'release'): Promise<WorkItem> {
  const next = await handlerOf(tx, item.kind).lapsed(tx, item, item.status === 'started')
  const set = next === 'open' ? { status: queued(item), ...released } : { status: next, claimed_until: null }
  return changeItem(tx, item, action, set)
}

/** Whether the claim has expired, by the database's clock. */
async function isSilent(tx: Tx, item: WorkItem): Promise<boolean> {
  const silent = await tx.trx
    .selectFrom('work_items')
    .select('id')
    .where('team_id', '=', item.team_id)
    .where('id', '=', item.id)
    .where('claimed_until', '<=', tx.ctx.databaseClock.now())
    .executeTakeFirst()
  return silent !== undefined
}

/** Takes the locked item from a holder whose claim has expired. */
export async function lapseIfSilent(tx: Tx, item: WorkItem): Promise<WorkItem> {
  const held = item.status === 'claimed' || item.status === 'started'
  return held && (await isSilent(tx, item)) ? giveBack(tx, item, 'lapse') : item
}

type Found = Pick<WorkItem, 'team_id' | 'id'>

/** One transaction per item, so that an item that cannot go back does not block the others. */
async function eachOf(
  ctx: Context,
  found: readonly Found[],
  change: (tx: Tx, item: WorkItem) => Promise<WorkItem>,
): Promise<number> {
  let changed = 0
  for (const { team_id, id } of found) {
    try {
      await systemUnit(ctx, team_id).commit(async (tx) => {
        const item = await lockItem(tx, id)
        if (item && (await change(tx, item)) !== item) changed += 1
      })
    } catch (error) {
      ctx.log.warn({ err: error, work_id: id }, 'work could not be put back into the queue; it is tried again')
    }
  }
  return changed
}

/** Takes work from holders whose claims have expired. @returns how many items lapsed */
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

/** Takes everything that a manager holds from them, as if their claims had expired. */
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
