import type { Db, Trx } from '../../db/connect.ts'
import type { Context } from '../context.ts'
import { policyOf, type WarmupPolicy } from '../warmup/policy.ts'

/** The warm-up policy in force for a team. */
export async function teamPolicy(ctx: Context, db: Db | Trx, teamId: string): Promise<WarmupPolicy> {
  return policyOf(await db.selectFrom('teams').selectAll().where('id', '=', teamId).executeTakeFirstOrThrow(), ctx.warmupDefaults)
}
