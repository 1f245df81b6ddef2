import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { ApiOptions } from '../http/app.ts'
import { errorEnvelope } from '../plugins/error-envelope.ts'
import { savedAccountRoutes } from './accounts.ts'
import { bundleAccountRoutes } from './bundle-account.ts'
import { bundleActions } from './bundle-actions.ts'
import { bundleRoutes } from './bundles.ts'
import { creditRoutes } from './credits.ts'
import { editRequestRoutes } from './edit-requests.ts'
import { handedInRoutes } from './handed-in.ts'
import { referenceRoutes } from './reference.ts'
import { videoRoutes } from './videos.ts'

/** The portal family: bundles, edit requests, credits. */
export const portalApi: FastifyPluginAsyncTypebox<ApiOptions> = async (app, { ctx }) => {
  await app.register(errorEnvelope, { family: 'portal' })
  bundleRoutes(app, ctx)
  bundleAccountRoutes(app, ctx)
  bundleActions(app)
  videoRoutes(app, ctx)
  editRequestRoutes(app, ctx)
  savedAccountRoutes(app, ctx)
  referenceRoutes(app, ctx)
  handedInRoutes(app, ctx)
  creditRoutes(app, ctx)
}
