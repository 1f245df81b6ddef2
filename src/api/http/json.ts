import type { FastifyInstance } from 'fastify'

/**
 * Takes JSON and nothing else, where a plugin adds no other type of its own. Clients that send `application/json` with
 * every request may do so without a body where the route has none.
 */
export function takeJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (text === '' && request.routeOptions.schema?.body === undefined) done(null, undefined)
    else void parse(request, text, done)
  })
}
