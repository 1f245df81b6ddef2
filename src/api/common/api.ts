import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { ApiOptions } from '../http/app.ts'
import { errorEnvelope } from '../plugins/error-envelope.ts'
import { apiKeyRoutes } from './api-keys.ts'
import { auditRoutes } from './audit.ts'
import { eventRoutes } from './events.ts'
import { mediaRoutes } from './media.ts'
import { phoneRoutes } from './phones.ts'
import { taskRoutes } from './tasks.ts'
import { teamRoutes } from './team.ts'
import { webhookDeliveryRoutes } from './webhook-deliveries.ts'
import { webhookEndpointRoutes } from './webhook-endpoints.ts'

/** What all families share: the team and its keys, events, webhooks and media. */
export const commonApi: FastifyPluginAsyncTypebox<ApiOptions> = async (app, { ctx }) => {
  await app.register(errorEnvelope, { family: 'common' })
  taskRoutes(app, ctx)
  teamRoutes(app, ctx)
  apiKeyRoutes(app, ctx)
  phoneRoutes(app, ctx)
  auditRoutes(app, ctx)
  eventRoutes(app, ctx)
  webhookEndpointRoutes(app, ctx)
  webhookDeliveryRoutes(app, ctx)
  await app.register(mediaRoutes, { ctx })
}
