import { sql } from 'kysely'
import type { Context } from '../../kernel/context.ts'
import type { ProfileRow } from '../../kernel/rows.ts'

/** The team's note on the account's topics from the order, or null. Only people read it. */
export async function topicsOf(ctx: Context, profile: ProfileRow): Promise<string | null> {
  const { rows } = await sql<{ note: string }>`
    select a.niche_warming_instructions as note
    from bundles b join bundle_accounts a on a.team_id = b.team_id and a.bundle_id = b.id
    where b.team_id = ${profile.team_id} and b.profile_id = ${profile.id}
      and b.niche_warming and a.niche_warming_instructions is not null
    order by b.created_at desc limit 1`.execute(ctx.db)
  return rows[0]?.note ?? null
}
