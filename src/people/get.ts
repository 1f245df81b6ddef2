import type { Caller, Context } from '../kernel/context.ts'
import { managerOf } from './manager.ts'
import { findWork } from './lock.ts'
import { renewClaim } from './renew.ts'
import { viewItem, type WorkView } from './view.ts'

/** One item; its holder's claim holds anew. @throws CroftError `work_not_found` */
export async function getWork(ctx: Context, caller: Caller, id: string): Promise<WorkView> {
  const manager = managerOf(caller)
  const seen = await findWork(ctx.db, manager, id)
  return viewItem(ctx.db, (await renewClaim(ctx, ctx.db, seen, manager)) ?? seen)
}
