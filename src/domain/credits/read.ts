import type { Caller, Context } from '../../kernel/context.ts'
import type { NumberedPage, NumberedRequest } from '../../kernel/numbered-page.ts'
import { countOf, offsetOf } from '../../kernel/numbered-page.ts'
import type { CreditEntryRow } from '../../kernel/rows.ts'

/** The balance, and when it last changed: null if the team never had credits. */
export async function readBalance(ctx: Context, caller: Caller): Promise<{ balance: number; updatedAt: Date | null }> {
  const row = await ctx.db
    .selectFrom('credit_balances')
    .select(['balance', 'updated_at'])
    .where('team_id', '=', caller.teamId)
    .executeTakeFirst()
  return { balance: row?.balance ?? 0, updatedAt: row?.updated_at ?? null }
}

/** The ledger, newest entry first. */
export async function listEntries(ctx: Context, caller: Caller, page: NumberedRequest): Promise<NumberedPage<CreditEntryRow>> {
  const entries = ctx.db.selectFrom('credit_entries').where('team_id', '=', caller.teamId)
  const total = await countOf(entries)
  const items = await entries.selectAll().orderBy('seq', 'desc').limit(page.perPage).offset(offsetOf(page)).execute()
  return { items, total }
}
