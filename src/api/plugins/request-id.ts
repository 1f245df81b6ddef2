import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import plugin from 'fastify-plugin'

const valid = /^[A-Za-z0-9._:-]{1,128}$/

/** The client's own id of a request, or a new one. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && valid.test(given) ? given : randomUUID()
}

/** Sends the id of every request back. */
export const requestId = plugin((app, _, done) => {
  app.addHook('onRequest', (request, reply, next) => {
    reply.header('x-request-id', request.id)
    next()
  })
  done()
})
