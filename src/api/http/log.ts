import { LogController, type FastifyInstance } from 'fastify'
import type { Logger } from 'pino'

/** A path as logs may hold it: no query, no media token. */
export const loggablePath = (url: string): string => (url.split(/[?#]/, 1)[0] ?? '').replace(/^\/media\/[^/]+/, '/media/…')

/** Fastify writes two lines per request; Croft writes one, when it is over. */
export const logController = new LogController({ disableRequestLogging: true })

/** One line per request: method, path, status, milliseconds. Health checks are left out. */
export function logRequests(app: FastifyInstance, log: Logger): void {
  if (!log.isLevelEnabled('info')) return
  app.addHook('onResponse', (request, reply, done) => {
    const path = loggablePath(request.url)
    if (path !== '/healthz' && path !== '/readyz') {
      request.log.info({ method: request.method, path, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'request')
    }
    done()
  })
}
