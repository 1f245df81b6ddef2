import { isUtf8 } from 'node:buffer'
import type { FastifyInstance } from 'fastify'
import { CroftError } from '../../kernel/errors.ts'

/**
 * Takes JSON and nothing else, where a plugin adds no other type of its own. Clients that send `application/json` with
 * every request may do so without a body where the route has none. `__proto__` is a member as any other: the schemas refuse it by name.
 */
export function takeJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('ignore', 'ignore')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    if (bytes.length === 0 && request.routeOptions.schema?.body === undefined) done(null, undefined)
    // Decoding would put a replacement character in the place of every byte that is wrong.
    else if (!isUtf8(bytes)) done(new CroftError('malformed_json', 'The body is not UTF-8. Encode the JSON as UTF-8.'))
    else void parse(request, bytes.toString('utf8'), done)
  })
}
