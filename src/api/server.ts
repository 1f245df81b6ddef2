import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { Context } from '../kernel/context.ts'
import { accountsApi } from './accounts/api.ts'
import { commonApi } from './common/api.ts'
import { healthRoutes } from './common/health.ts'
import { metricsRoute } from './common/metrics.ts'
import { serveMedia } from './common/serve-media.ts'
import { docsRoutes } from './docs/routes.ts'
import { farmApi } from './farm/api.ts'
import { answerError } from './http/errors.ts'
import { answerUnreadable } from './http/unreadable.ts'
import { routed } from './http/urls.ts'
import { validatorCompiler } from './http/validate.ts'
import { bodyTime, requestTimes, type RequestTimes } from './plugins/body-time.ts'
import { body } from './plugins/body.ts'
import { caller } from './plugins/caller.ts'
import { carryOutWrites } from './plugins/carry-out.ts'
import { closeConnections } from './plugins/close-connections.ts'
import { dryRun } from './plugins/dry-run.ts'
import { errorEnvelope, notFound } from './plugins/error-envelope.ts'
import { idempotency } from './plugins/idempotency.ts'
import { logController, requestLog } from './plugins/log.ts'
import { rateLimit } from './plugins/rate-limit.ts'
import { reference } from './plugins/reference.ts'
import { requestId, requestIdOf } from './plugins/request-id.ts'
import { portalApi } from './portal/api.ts'
import { sandboxFaults } from './sandbox/fault-routes.ts'
import { draftsSeen, sandboxPages } from './sandbox/index.ts'
import { workApi } from './work/api.ts'

const bodyLimit = 1_048_576

/** Fastify loads its own compilers unless these are given; this server's are set instead. */
const noCompiler = (): never => {
  throw new Error('the server has compilers of its own')
}

export interface ServerOptions {
  version: string
  healthOnly: boolean
  sandbox: { pages: boolean; publicDrafts: boolean }
  times?: RequestTimes
}

/** A server without routes, which answers every error in the one envelope. */
async function openServer(ctx: Context, times: RequestTimes): Promise<FastifyInstance> {
  const logger: FastifyBaseLogger = ctx.log
  const app = Fastify({
    bodyLimit,
    loggerInstance: logger,
    logController,
    genReqId: requestIdOf,
    forceCloseConnections: 'idle',
    http: { headersTimeout: times.headersMs, connectionsCheckingInterval: Math.min(times.headersMs, 5_000) },
    schemaController: { compilersFactory: { buildValidator: noCompiler, buildSerializer: noCompiler } },
    rewriteUrl: ({ url = '/' }) => routed(url),
    // An id that is too long is an invalid id like any other.
    routerOptions: { maxParamLength: 16_384 },
    clientErrorHandler: answerUnreadable,
    // Requests that the router refuses reach no hook.
    frameworkErrors: (error, request, reply) => {
      reply.header('x-request-id', request.id)
      answerError(error, request, reply, 'common')
    },
  })
  app.setValidatorCompiler(validatorCompiler)
  // The message is built from the validation's own entries, and only from those that are reported.
  app.setSchemaErrorFormatter(() => new Error('the request does not fit its schema'))
  // Responses are plain JSON of what the routes return; the tests compare them with their schemas. So nothing is compiled,
  // and no response looks its schema up.
  app.setSerializerCompiler(() => JSON.stringify)
  app.setReplySerializer((payload) => JSON.stringify(payload))
  await app.register(body)
  await app.register(bodyTime, { times, jsonLimit: bodyLimit })
  await app.register(requestId)
  await app.register(requestLog, { ctx })
  await app.register(closeConnections)
  await app.register(errorEnvelope, { family: 'common' })
  await app.register(notFound)
  return app
}

/** The routes that ask for a key, each family in a context of its own. */
async function keyedRoutes(app: FastifyInstance, { ctx }: { ctx: Context }): Promise<void> {
  await app.register(caller, { ctx })
  await app.register(rateLimit, { ctx })
  await app.register(idempotency)
  await app.register(dryRun)
  await app.register(carryOutWrites, { ctx })
  await app.register(reference)
  await app.register(farmApi, { ctx })
  await app.register(accountsApi, { ctx })
  await app.register(portalApi, { ctx })
  await app.register(commonApi, { ctx })
  await app.register(workApi, { ctx })
  await app.register(sandboxFaults, { ctx })
}

/** Every route on one server, ready to listen; a worker's own server answers only for its health. */
export async function buildServer(ctx: Context, options: ServerOptions): Promise<FastifyInstance> {
  const app = await openServer(ctx, options.times ?? requestTimes)
  if (!options.healthOnly) docsRoutes(app, options.version)
  metricsRoute(app, ctx)
  healthRoutes(app, ctx)
  if (options.healthOnly) return app
  await app.register(keyedRoutes, { ctx })
  serveMedia(app, ctx)
  if (options.sandbox.pages) {
    const drafts = draftsSeen(ctx, options.sandbox.publicDrafts)
    await app.register((pages, _, done) => sandboxPages(pages, { db: ctx.db, clock: ctx.clock, drafts }, done))
  }
  return app
}
