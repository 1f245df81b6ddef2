import type { BundleStatus, BundleType, PartStatus, Platform } from '../../db/schema.ts'
import type { Caller, Context } from '../../kernel/context.ts'
import { countOf, offsetOf, type NumberedPage, type NumberedRequest } from '../../kernel/numbered-page.ts'
import type { VideoSlotRow } from '../../kernel/rows.ts'
import { getBundle } from './get.ts'
import { loadBundleDetails, type BundleDetails } from './details.ts'

export interface BundleFilter {
  status?: BundleStatus | undefined
  bundleType?: BundleType | undefined
  platform?: Platform | undefined
  accountStatus?: PartStatus | undefined
  accountId?: string | undefined
  externalRef?: string | undefined
}

/** The team's bundles, newest first. */
export async function listBundles(
  ctx: Context,
  caller: Caller,
  page: NumberedRequest,
  filter: BundleFilter,
): Promise<NumberedPage<BundleDetails>> {
  const { accountStatus } = filter
  let query = ctx.db.selectFrom('bundles').where('bundles.team_id', '=', caller.teamId)
  if (filter.status) query = query.where('bundles.status', '=', filter.status)
  if (filter.bundleType) query = query.where('bundle_type', '=', filter.bundleType)
  if (filter.platform) query = query.where('platform', '=', filter.platform)
  if (filter.accountId) query = query.where('profile_id', '=', filter.accountId)
  if (filter.externalRef !== undefined) query = query.where('external_ref', '=', filter.externalRef)
  if (accountStatus)
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('bundle_accounts')
          .select('bundle_accounts.bundle_id')
          .whereRef('bundle_accounts.team_id', '=', 'bundles.team_id')
          .whereRef('bundle_accounts.bundle_id', '=', 'bundles.id')
          .where('bundle_accounts.status', '=', accountStatus),
      ),
    )
  const total = await countOf(query)
  const rows = await query.selectAll('bundles').orderBy('bundles.id', 'desc').limit(page.perPage).offset(offsetOf(page)).execute()
  return { items: await loadBundleDetails(ctx.db, caller.teamId, rows), total }
}

/** A bundle's video slots, in order. @throws CroftError `bundle_not_found` */
export async function listSlots(
  ctx: Context,
  caller: Caller,
  bundleId: string,
  page: NumberedRequest,
): Promise<NumberedPage<VideoSlotRow>> {
  const bundle = await getBundle(ctx.db, caller.teamId, bundleId)
  const items = await ctx.db
    .selectFrom('video_slots')
    .selectAll()
    .where('team_id', '=', caller.teamId)
    .where('bundle_id', '=', bundle.id)
    .orderBy('position')
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute()
  return { items, total: bundle.videos_quantity }
}
