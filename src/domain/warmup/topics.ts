import { sql } from 'kysely'
import type { Context } from '../../kernel/context.ts'
import type { ProfileRow } from '../../kernel/rows.ts'

/** What the team noted about the account's topics when it ordered it, or null. It is shown to a person and nothing else. */
export async function topicsOf(ctx: Context, profile: ProfileRow): Promise<string | null> {
  const { rows } = await sql<{ note: string }>`
    select a.niche_warming_instructions as note
    from bundles b join bundle_accounts a on a.team_id = b.team_id and a.bundle_id = b.id
    where b.team_id = ${profile.team_id} and b.profile_id = ${profile.id}
      and b.niche_warming and a.niche_warming_instructions is not null
    order by b.created_at desc limit 1`.execute(ctx.db)
  return rows[0]?.note ?? null
}
