import type { Db, Trx } from '../../db/connect.ts'
import type { Context } from '../../kernel/context.ts'
import type { ProfileRow } from '../../kernel/rows.ts'
import { profilePolicyOf, type WarmupPolicy } from '../profiles/warmup-policy.ts'

/** The warm-up policy in force for a profile. */
export async function profilePolicy(ctx: Context, db: Db | Trx, profile: ProfileRow): Promise<WarmupPolicy> {
  const team = await db.selectFrom('teams').selectAll().where('id', '=', profile.team_id).executeTakeFirstOrThrow()
  return profilePolicyOf(profile, team, ctx.warmupDefaults)
}
