import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { ApiOptions } from '../http/app.ts'
import { errorEnvelope } from '../plugins/error-envelope.ts'
import { accountPostRoutes } from './posts.ts'
import { accountRoutes } from './routes.ts'

/** The accounts family: the same profiles, edited under the platforms' rules, and their posts. */
export const accountsApi: FastifyPluginAsyncTypebox<ApiOptions> = async (app, { ctx }) => {
  await app.register(errorEnvelope, { family: 'accounts' })
  accountRoutes(app, ctx)
  accountPostRoutes(app, ctx)
}
