import plugin from 'fastify-plugin'
import { CroftError } from '../../kernel/errors.ts'
import { answerError, type Family } from '../http/errors.ts'
import { loggablePath } from '../http/urls.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Whose statuses the errors of this context have. */
    family: Family
  }
}

/** Answers every error of the context in the one envelope, with the statuses of the family. */
export const errorEnvelope = plugin<{ family: Family }>((app, { family }, done) => {
  app.decorate('family', family)
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply, family))
  done()
})

/** Answers requests that no route takes. */
export const notFound = plugin((app, _, done) => {
  app.setNotFoundHandler((request, reply) => {
    const path = loggablePath(request.originalUrl)
    const error = new CroftError('not_found', `${request.method} ${path} does not exist. GET /docs lists all routes.`)
    return answerError(error, request, reply, app.family)
  })
  done()
})
