import type { BundleType, Platform } from '../../db/schema.ts'
import { isCountry } from '../../lib/countries.ts'
import { isUuid, newId } from '../../lib/ids.ts'
import type { Context } from '../../kernel/context.ts'
import { bundleCost } from '../credits/costs.ts'
import { debitCredits } from '../credits/ledger.ts'
import { CroftError, invalid, type Detail } from '../../kernel/errors.ts'
import { isClosed } from '../profiles/lifecycle.ts'
import type { ProfileRow } from '../../kernel/rows.ts'
import { recordAudit, recordEvent } from '../../kernel/record.ts'
import type { UnitOfWork, Tx } from '../../kernel/unit-of-work.ts'
import { bundleFacts, invalidStatus } from './move.ts'
import { loadDetails, type BundleDetails } from './details.ts'

export interface NewBundle {
  bundleType: BundleType
  /** Null: TikTok, or for videos_only the account's platform. */
  platform: Platform | null
  country: string | null
  owner: string | null
  title: string | null
  videosQuantity: number | null
  accountId: string | null
  nicheWarming: boolean
  autoFinalizeVideos: boolean
  externalRef: string | null
}

/** What was charged, and what remains. */
export interface Paid {
  creditsCharged: number
  creditsRemaining: number
}

/** Rules between members, which a schema does not express. */
function problems(input: NewBundle): Detail[] {
  const found: Detail[] = []
  const type = input.bundleType
  const onlyVideos = type === 'videos_only'
  const missing = (path: string) => found.push({ path, message: `is required for ${type}` })
  if (!onlyVideos && input.country === null) missing('country')
  if (input.country !== null && !isCountry(input.country))
    found.push({ path: 'country', message: `${input.country} is not a country; GET /api/ext/countries lists the codes` })
  if (!onlyVideos && input.owner === null) missing('owner')
  if (type === 'account_only') {
    if (input.videosQuantity) found.push({ path: 'videos_quantity', message: 'is not for account_only; use account_and_videos' })
  } else if (!input.videosQuantity) found.push({ path: 'videos_quantity', message: `must be at least 1 for ${type}` })
  if (onlyVideos && input.accountId === null) missing('account_id')
  if (!onlyVideos && input.accountId !== null)
    found.push({ path: 'account_id', message: 'is only for videos_only; this bundle sets up an account of its own' })
  return found
}

async function accountFor(ctx: Context, teamId: string, input: NewBundle): Promise<ProfileRow | null> {
  if (input.accountId === null) return null
  const profile =
    isUuid(input.accountId) &&
    (await ctx.db
      .selectFrom('profiles')
      .selectAll()
      .where('team_id', '=', teamId)
      .where('id', '=', input.accountId)
      .executeTakeFirst())
  if (!profile) throw new CroftError('SAVED_ACCOUNT_NOT_FOUND', 'account_id is not an account of this team.')
  if (input.platform !== null && input.platform !== profile.platform)
    throw invalid([{ path: 'platform', message: `must be ${profile.platform}, the platform of the account` }])
  if (isClosed(profile.status)) throw invalidStatus('The account', profile.status, 'It takes no new work.')
  return profile
}

async function insertParts(tx: Tx, id: string, input: NewBundle): Promise<void> {
  const common = { team_id: tx.caller.teamId, bundle_id: id, status: 'pending', updated_at: tx.now } as const
  if (input.bundleType !== 'videos_only') await tx.trx.insertInto('bundle_accounts').values(common).execute()
  const slots = Array.from({ length: input.videosQuantity ?? 0 }, (_, index) => ({ ...common, position: index + 1 }))
  if (slots.length > 0) await tx.trx.insertInto('video_slots').values(slots).execute()
}

/**
 * Orders a bundle and pays for it, in one transaction.
 * @throws CroftError `validation_error`, `SAVED_ACCOUNT_NOT_FOUND`, `invalid_status` for a closed account,
 *   `INSUFFICIENT_CREDITS`
 */
export async function createBundle(unit: UnitOfWork, input: NewBundle): Promise<BundleDetails & Paid> {
  const { ctx, caller } = unit
  const found = problems(input)
  if (found.length > 0) throw invalid(found)
  const account = await accountFor(ctx, caller.teamId, input)
  const platform = account?.platform ?? input.platform ?? 'tiktok'
  return unit.commit(async (tx) => {
    const id = newId()
    const quantity = input.videosQuantity ?? 0
    const cost = bundleCost(input.bundleType, quantity)
    const entry = await debitCredits(tx, cost, `Bundle ${id}: ${input.bundleType}, videos: ${quantity}.`)
    const bundle = await tx.trx
      .insertInto('bundles')
      .values({
        team_id: caller.teamId,
        id,
        bundle_type: input.bundleType,
        platform,
        country: input.country,
        owner: input.owner,
        title: input.title,
        videos_quantity: quantity,
        niche_warming: input.nicheWarming,
        auto_finalize_videos: input.autoFinalizeVideos,
        external_ref: input.externalRef,
        status: input.bundleType === 'videos_only' ? 'configured' : 'pending_setup',
        profile_id: account?.id ?? null,
        debit_id: entry.id,
        credits_charged: cost,
        created_at: tx.now,
        updated_at: tx.now,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    await insertParts(tx, id, input)
    await recordEvent(tx, 'bundle.created', bundleFacts(bundle))
    await recordAudit(tx, 'bundle.create', `bundle:${id}`, null, { ...bundleFacts(bundle), credits_charged: cost })
    return { ...(await loadDetails(tx.trx, bundle)), creditsCharged: cost, creditsRemaining: entry.balance_after }
  })
}
