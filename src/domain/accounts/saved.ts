import type { Platform } from '../../db/schema.ts'
import { isUuid } from '../../lib/ids.ts'
import type { Caller, Context } from '../../kernel/context.ts'
import { CroftError } from '../../kernel/errors.ts'
import { countOf, offsetOf, type NumberedPage, type NumberedRequest } from '../../kernel/numbered-page.ts'
import { listProfileDetails, type ProfileDetails } from '../profiles/details.ts'
import type { ProfileRow } from '../../kernel/rows.ts'

/** An account as the portal sees it: `country` is that of the bundle that delivered it, or null. */
export interface SavedAccount {
  details: ProfileDetails
  country: string | null
}

async function withCountries(ctx: Context, teamId: string, rows: readonly ProfileRow[]): Promise<SavedAccount[]> {
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const profiles = await listProfileDetails(ctx, teamId, ids)
  const bundles = await ctx.db
    .selectFrom('bundles')
    .select(['profile_id', 'country'])
    .where('team_id', '=', teamId)
    .where('profile_id', 'in', ids)
    .where('bundle_type', '!=', 'videos_only')
    .execute()
  return profiles.map((details) => ({
    details,
    country: bundles.find(({ profile_id }) => profile_id === details.row.id)?.country ?? null,
  }))
}

interface AccountFilter {
  platform?: Platform | undefined
  country?: string | undefined
}

/** A team may have a million accounts: those of all countries are not counted one by one. */
async function totalOf(ctx: Context, teamId: string, platform: Platform | undefined): Promise<number> {
  let query = ctx.db.selectFrom('profile_counts').where('team_id', '=', teamId)
  if (platform) query = query.where('platform', '=', platform)
  const counted = await query.select((eb) => eb.fn.sum<string | null>('count').as('total')).executeTakeFirst()
  return Number(counted?.total ?? 0)
}

/** The team's accounts, newest first. */
export async function listSavedAccounts(
  ctx: Context,
  caller: Caller,
  page: NumberedRequest,
  filter: AccountFilter,
): Promise<NumberedPage<SavedAccount>> {
  const { country, platform } = filter
  let query = ctx.db.selectFrom('profiles').where('profiles.team_id', '=', caller.teamId)
  if (platform) query = query.where('profiles.platform', '=', platform)
  if (country !== undefined)
    query = query.where('profiles.id', 'in', (eb) =>
      eb
        .selectFrom('bundles')
        .select('bundles.profile_id')
        .$narrowType<{ profile_id: string }>()
        .where('bundles.team_id', '=', caller.teamId)
        .where('bundles.country', '=', country)
        .where('bundles.profile_id', 'is not', null)
        .where('bundles.bundle_type', '!=', 'videos_only'),
    )
  const total = country === undefined ? await totalOf(ctx, caller.teamId, platform) : await countOf(query)
  const rows = await query
    .selectAll('profiles')
    .orderBy('profiles.id', 'desc')
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute()
  return { items: await withCountries(ctx, caller.teamId, rows), total }
}

/** @throws CroftError `SAVED_ACCOUNT_NOT_FOUND`, also for another team's account */
export async function getSavedAccount(ctx: Context, caller: Caller, id: string): Promise<SavedAccount> {
  const row =
    isUuid(id) &&
    (await ctx.db.selectFrom('profiles').selectAll().where('team_id', '=', caller.teamId).where('id', '=', id).executeTakeFirst())
  const [account] = row ? await withCountries(ctx, caller.teamId, [row]) : []
  if (!account) throw new CroftError('SAVED_ACCOUNT_NOT_FOUND', 'No account has this id.')
  return account
}
