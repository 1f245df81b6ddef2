import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { ApiOptions } from '../http/app.ts'
import { errorEnvelope } from '../plugins/error-envelope.ts'
import { bulkRoute } from './bulk.ts'
import { postRoutes } from './posts.ts'
import { profileExtras } from './profile-extras.ts'
import { profileRoutes } from './profiles.ts'

/** Algorhythm's family: farm profiles and their posts. */
export const farmApi: FastifyPluginAsyncTypebox<ApiOptions> = async (app, { ctx }) => {
  await app.register(errorEnvelope, { family: 'farm' })
  profileRoutes(app, ctx)
  profileExtras(app, ctx)
  postRoutes(app, ctx)
  bulkRoute(app, ctx)
}
