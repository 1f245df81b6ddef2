import { LogController } from 'fastify'
import plugin from 'fastify-plugin'
import type { ApiOptions } from '../http/app.ts'
import { loggablePath } from '../http/urls.ts'

/** Fastify writes two lines per request; Croft writes one, when it is over. */
export const logController = new LogController({ disableRequestLogging: true })

/** One line per request: method, path, status, milliseconds. Health checks are left out. */
export const requestLog = plugin<ApiOptions>((app, { ctx: { log } }, done) => {
  if (log.isLevelEnabled('info'))
    app.addHook('onResponse', (request, reply, next) => {
      const path = loggablePath(request.originalUrl)
      if (path !== '/healthz' && path !== '/readyz')
        request.log.info({ method: request.method, path, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'request')
      next()
    })
  done()
})
