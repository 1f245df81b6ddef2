import { Type } from 'typebox'
import { createBundle } from '../../domain/bundles/create.ts'
import { getBundle } from '../../domain/bundles/get.ts'
import { listBundles } from '../../domain/bundles/list.ts'
import { claimFiles } from '../../domain/media/claims.ts'
import { readinessOf } from '../../domain/bundles/readiness.ts'
import { loadDetails } from '../../domain/bundles/details.ts'
import type { Context } from '../../kernel/context.ts'
import type { App } from '../http/app.ts'
import { id, nullable, object, withExample } from '../http/shapes.ts'
import {
  bundleAnswer,
  bundleShape,
  bundleStatus,
  bundleType,
  country,
  partStatus,
  platform,
  presentBundle,
  presentBundleAnswer,
} from './bundle-shape.ts'
import { dataOf, numberedBody, numberedOf, numberedQuery, numberedRequest, paidOf, wouldCharge } from './shapes.ts'

/** Not a uuid by its schema: an invalid id is `bundle_not_found`. */
export const bundleParams = object({ id: Type.String() })

const label = Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' })))
const newBundle = object({
  bundle_type: bundleType,
  platform: Type.Optional(platform),
  country: Type.Optional(country),
  owner: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      pattern: '\\S',
      description: 'The owner of the account. Required except for videos_only.',
    }),
  ),
  title: label,
  videos_quantity: Type.Optional(Type.Integer({ minimum: 0, maximum: 500 })),
  account_id: Type.Optional(nullable(Type.String({ description: 'For videos_only: the account that the videos are for.' }))),
  niche_warming: Type.Optional(Type.Boolean()),
  auto_finalize_videos: Type.Optional(
    Type.Boolean({ description: 'Whether a video that nobody reviews is finalized automatically.' }),
  ),
  external_ref: label,
})

const blocker = object({ code: Type.String(), path: Type.String(), message: Type.String() })
const tags = ['Bundles']

/** Ordering and reading bundles. */
export function bundleRoutes(app: App, ctx: Context): void {
  app.post(
    '/api/ext/bundles',
    {
      schema: {
        summary: 'Order a bundle',
        description:
          '`country`, where the manager works, and `owner` are required except for videos_only. `platform` is `tiktok` by default; for videos_only it is that of the account. Charged now: 32 credits for the account, 2 for each video. Refunded in full if it is canceled before a manager takes it.',
        tags,
        body: withExample(newBundle, {
          bundle_type: 'account_only',
          platform: 'tiktok',
          country: 'US',
          owner: 'Croft Bakery',
          title: 'The bakery on Main Street',
          external_ref: 'order-1042',
        }),
        response: { 201: paidOf(bundleShape) },
      },
      config: { errors: [402, 404], dryRun: { hides: ['id', 'bundle_id'] } },
    },
    ({ body }, reply) =>
      reply.carryOut(
        (unit) =>
          createBundle(unit, {
            bundleType: body.bundle_type,
            platform: body.platform ?? null,
            country: body.country?.toUpperCase() ?? null,
            owner: body.owner ?? null,
            title: body.title ?? null,
            videosQuantity: body.videos_quantity ?? null,
            accountId: body.account_id ?? null,
            nicheWarming: body.niche_warming ?? false,
            autoFinalizeVideos: body.auto_finalize_videos ?? true,
            externalRef: body.external_ref ?? null,
          }),
        (details) => ({
          data: presentBundle(details),
          credits_charged: details.creditsCharged,
          credits_remaining: details.creditsRemaining,
        }),
        { dry: wouldCharge },
      ),
  )
  app.get(
    '/api/ext/bundles',
    {
      schema: {
        summary: 'List bundles, newest first',
        tags,
        querystring: numberedQuery({
          status: Type.Optional(bundleStatus),
          bundle_type: Type.Optional(bundleType),
          platform: Type.Optional(platform),
          account_status: Type.Optional(partStatus),
          account_id: Type.Optional(id),
          external_ref: Type.Optional(Type.String({ maxLength: 200 })),
        }),
        response: { 200: numberedOf(bundleShape) },
      },
    },
    async ({ caller, query }) => {
      const page = numberedRequest(query)
      const found = await listBundles(ctx, caller, page, {
        status: query.status,
        bundleType: query.bundle_type,
        platform: query.platform,
        accountStatus: query.account_status,
        accountId: query.account_id,
        externalRef: query.external_ref,
      })
      return numberedBody(found, page, presentBundle)
    },
  )
  app.get(
    '/api/ext/bundles/:id',
    { schema: { summary: 'Get a bundle', tags, params: bundleParams, response: { 200: bundleAnswer } } },
    async ({ caller, params }) =>
      presentBundleAnswer(await loadDetails(ctx.db, await getBundle(ctx.db, caller.teamId, params.id))),
  )
  app.get(
    '/api/ext/bundles/:id/publish-readiness',
    {
      schema: {
        summary: 'Get everything that blocks publishing',
        description: 'Downloads the account’s picture to check that this works.',
        tags,
        params: bundleParams,
        response: { 200: dataOf(object({ ready: Type.Boolean(), blockers: Type.Array(blocker) })) },
      },
    },
    async ({ caller, params }) => {
      const files = claimFiles(ctx)
      try {
        const bundle = await getBundle(ctx.db, caller.teamId, params.id)
        const { blockers } = await readinessOf({ ...ctx, store: files.store }, bundle)
        return { data: { ready: blockers.length === 0, blockers } }
      } finally {
        await files.release()
      }
    },
  )
}
