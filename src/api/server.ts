import { randomUUID } from 'node:crypto'
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { Context } from '../kernel/context.ts'
import { CroftError } from '../kernel/errors.ts'
import { accountPostRoutes } from './accounts/posts.ts'
import { accountRoutes } from './accounts/routes.ts'
import { apiKeyRoutes } from './common/api-keys.ts'
import { auditRoutes } from './common/audit.ts'
import { eventRoutes } from './common/events.ts'
import { healthRoutes } from './common/health.ts'
import { metricsRoute } from './common/metrics.ts'
import { mediaRoutes } from './common/media.ts'
import { phoneRoutes } from './common/phones.ts'
import { serveMedia } from './common/serve-media.ts'
import { taskRoutes } from './common/tasks.ts'
import { teamRoutes } from './common/team.ts'
import { webhookDeliveryRoutes } from './common/webhook-deliveries.ts'
import { webhookEndpointRoutes } from './common/webhook-endpoints.ts'
import { docsRoutes } from './docs/routes.ts'
import { bulkRoute } from './farm/bulk.ts'
import { postRoutes } from './farm/posts.ts'
import { farmProfileExtras } from './farm/profile-extras.ts'
import { farmProfileRoutes } from './farm/profiles.ts'
import { decorateCaller } from './http/auth.ts'
import { limitBodyTime, requestTimes, type RequestTimes } from './http/body-time.ts'
import { decodable } from './http/decodable.ts'
import { answerError } from './http/errors.ts'
import { takeJson } from './http/json.ts'
import { logController, loggablePath, logRequests } from './http/log.ts'
import { checkHeaders } from './http/request-headers.ts'
import { workRoutes } from './portal/work.ts'
import { portalRoutes } from './portal/routes.ts'
import { sandboxFaultRoutes } from './sandbox/fault-routes.ts'
import { draftsSeen, sandboxPages } from './sandbox/index.ts'
import { answerUnreadable } from './http/unreadable.ts'
import { requireShallow } from './http/depth.ts'
import { validatorCompiler } from './http/validate.ts'

const bodyLimit = 1_048_576
/** Fastify loads its own compilers unless these are given; this server's are set instead. */
const noCompiler = (): never => {
  throw new Error('the server has compilers of its own')
}
const requestId = /^[A-Za-z0-9._:-]{1,128}$/

/** Every route on one server, ready to listen; a worker's own server answers only for its health. */
export async function buildServer(
  ctx: Context,
  options: {
    version: string
    healthOnly: boolean
    sandbox: { pages: boolean; publicDrafts: boolean }
    times?: RequestTimes
  },
): Promise<FastifyInstance> {
  const times = options.times ?? requestTimes
  const logger: FastifyBaseLogger = ctx.log
  const app = Fastify({
    bodyLimit,
    loggerInstance: logger,
    logController,
    genReqId: ({ headers }) => {
      const given = headers['x-request-id']
      return typeof given === 'string' && requestId.test(given) ? given : randomUUID()
    },
    forceCloseConnections: 'idle',
    http: { headersTimeout: times.headersMs, connectionsCheckingInterval: Math.min(times.headersMs, 5_000) },
    rewriteUrl: ({ url = '/' }) => decodable(url),
    schemaController: { compilersFactory: { buildValidator: noCompiler, buildSerializer: noCompiler } },
    // An id that is too long is an invalid id like any other.
    routerOptions: { maxParamLength: 16_384 },
    clientErrorHandler: answerUnreadable,
    // Requests that the router refuses reach no hook.
    frameworkErrors: (error, request, reply) => {
      reply.header('x-request-id', request.id)
      answerError(error, request, reply, 'common')
    },
  })
  takeJson(app)
  limitBodyTime(app, times, bodyLimit)
  checkHeaders(app)
  app.setValidatorCompiler(validatorCompiler)
  // The message is built from the validation's own entries, and only from those that are reported.
  app.setSchemaErrorFormatter(() => new Error('the request does not fit its schema'))
  // Responses are plain JSON of what the routes return; the tests compare them with their schemas.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  decorateCaller(app)
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    done()
  })
  app.addHook('preValidation', (request, _, done) => {
    requireShallow(request.body)
    done()
  })
  logRequests(app, ctx.log)
  // A connection that was answered while the server closes is idle only now, and would be kept alive.
  let closing = false
  app.addHook('preClose', (done) => {
    closing = true
    done()
  })
  app.addHook('onResponse', (_request, reply, done) => {
    if (closing) reply.raw.socket?.end()
    done()
  })
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply, 'common'))
  app.setNotFoundHandler((request, reply) =>
    answerError(
      new CroftError('not_found', `${request.method} ${loggablePath(request.url)} does not exist. GET /docs lists all routes.`),
      request,
      reply,
      'common',
    ),
  )
  if (!options.healthOnly) docsRoutes(app, options.version)
  metricsRoute(app, ctx)
  healthRoutes(app, ctx)
  if (options.healthOnly) return app
  farmProfileRoutes(app, ctx)
  farmProfileExtras(app, ctx)
  postRoutes(app, ctx)
  bulkRoute(app, ctx)
  accountRoutes(app, ctx)
  accountPostRoutes(app, ctx)
  portalRoutes(app, ctx)
  taskRoutes(app, ctx)
  teamRoutes(app, ctx)
  apiKeyRoutes(app, ctx)
  phoneRoutes(app, ctx)
  auditRoutes(app, ctx)
  eventRoutes(app, ctx)
  webhookEndpointRoutes(app, ctx)
  webhookDeliveryRoutes(app, ctx)
  await mediaRoutes(app, ctx)
  await workRoutes(app, ctx)
  serveMedia(app, ctx)
  sandboxFaultRoutes(app, ctx)
  if (options.sandbox.pages) {
    const drafts = draftsSeen(ctx, options.sandbox.publicDrafts)
    await app.register((pages, _, done) => sandboxPages(pages, { db: ctx.db, clock: ctx.clock, drafts }, done))
  }
  return app
}
