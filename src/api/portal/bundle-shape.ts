import { Type, type Static } from 'typebox'
import type { BundleDetails } from '../../domain/bundles/details.ts'
import { id, iso, nullable, object, oneOf, time } from '../http/shapes.ts'
import { dataOf } from './shapes.ts'

export const bundleType = oneOf('account_only', 'account_and_videos', 'videos_only')
export const platform = oneOf('tiktok', 'instagram')
/** Accepted in upper or lower case, and stored in upper case. */
export const country = Type.String({
  pattern: '^[A-Za-z]{2}$',
  description: 'An ISO 3166-1 alpha-2 code such as US, in upper or lower case. `GET /api/ext/countries` lists them.',
})
export const bundleStatus = oneOf('pending_setup', 'configured', 'published', 'accepted', 'finalized', 'completed', 'canceled')
export const partStatus = oneOf(
  'pending',
  'configured',
  'published',
  'accepted',
  'in_review',
  'pending_corrections',
  'finalized',
  'canceled',
)
/** What a manager reported, or the team's comment on it. */
export const said = nullable(Type.Object({}, { additionalProperties: true }))

export const bundleShape = object({
  id,
  bundle_id: id,
  bundle_type: bundleType,
  platform,
  country: nullable(Type.String()),
  owner: nullable(Type.String()),
  title: nullable(Type.String()),
  videos_quantity: Type.Integer(),
  niche_warming: Type.Boolean(),
  auto_finalize_videos: Type.Boolean(),
  external_ref: nullable(Type.String()),
  status: bundleStatus,
  account_id: nullable(id),
  account_status: nullable(partStatus),
  account_submission: said,
  account_feedback: said,
  manager: nullable(object({ id, name: Type.String() })),
  credits_charged: Type.Integer(),
  published_at: nullable(time),
  accepted_at: nullable(time),
  finalized_at: nullable(time),
  completed_at: nullable(time),
  canceled_at: nullable(time),
  created_at: time,
  updated_at: time,
})

/** A bundle on the portal's routes. */
export function presentBundle({ bundle, account, manager }: BundleDetails): Static<typeof bundleShape> {
  return {
    id: bundle.id,
    bundle_id: bundle.id,
    bundle_type: bundle.bundle_type,
    platform: bundle.platform,
    country: bundle.country,
    owner: bundle.owner,
    title: bundle.title,
    videos_quantity: bundle.videos_quantity,
    niche_warming: bundle.niche_warming,
    auto_finalize_videos: bundle.auto_finalize_videos,
    external_ref: bundle.external_ref,
    status: bundle.status,
    account_id: bundle.profile_id,
    account_status: account?.status ?? null,
    account_submission: account?.submission ?? null,
    account_feedback: account?.feedback ?? null,
    manager,
    credits_charged: bundle.credits_charged,
    published_at: iso(bundle.published_at),
    accepted_at: iso(bundle.accepted_at),
    finalized_at: iso(bundle.finalized_at),
    completed_at: iso(bundle.completed_at),
    canceled_at: iso(bundle.canceled_at),
    created_at: bundle.created_at.toISOString(),
    updated_at: bundle.updated_at.toISOString(),
  }
}

/** What every action on a bundle answers. */
export const bundleAnswer = dataOf(bundleShape)
export const presentBundleAnswer = (details: BundleDetails) => ({ data: presentBundle(details) })
