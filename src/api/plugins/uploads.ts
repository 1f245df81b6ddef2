import multipart, { type FastifyMultipartOptions } from '@fastify/multipart'
import plugin from 'fastify-plugin'
import { answerError } from '../http/errors.ts'
import { drain } from './body.ts'

/** Takes streamed forms on the routes of the context. What is left of a refused form is read and dropped. */
export const uploads = plugin<Pick<FastifyMultipartOptions, 'limits'>>(async (app, options) => {
  await app.register(multipart, { ...options, throwFileSizeLimit: false })
  app.setErrorHandler((error, request, reply) => {
    drain(request)
    return answerError(error, request, reply, app.family)
  })
})
