import { isUtf8 } from 'node:buffer'
import type { FastifyRequest } from 'fastify'
import plugin from 'fastify-plugin'
import { CroftError, invalid } from '../../kernel/errors.ts'
import { isGet } from '../http/app.ts'

/** Deeper than anything that a route takes, and far from where recursion would end the stack. */
const deepest = 32

const isDeep = (value: unknown, depth: number): boolean =>
  typeof value === 'object' && value !== null && (depth > deepest || Object.values(value).some((one) => isDeep(one, depth + 1)))

function requirePlain({ headers }: FastifyRequest): void {
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    throw new CroftError(
      'unsupported_media_type',
      'The body is compressed, as its Content-Encoding says. Send it uncompressed, without that header.',
    )
}

/** Refuses a body on a route that takes none, by the names of its members. @throws CroftError `validation_error` */
export function requireNoBody(body: unknown): void {
  if (body === undefined || body === null) return
  const names = typeof body === 'object' && !Array.isArray(body) ? Object.keys(body) : ['']
  if (names.length > 0) throw invalid(names.map((path) => ({ path, message: 'is not taken: this route has no body' })))
}

/** Reads and drops the rest of a body that was given up: otherwise the next request on the connection waits behind it forever. */
export function drain({ raw }: FastifyRequest): void {
  raw.unpipe()
  raw.resume()
}

/**
 * Takes JSON and nothing else, where a plugin adds no other type of its own. Clients that send `application/json` with
 * every request may do so without a body where the route has none. `__proto__` is a member as any other: the schemas refuse it by name.
 */
export const body = plugin((app, _, done) => {
  const parse = app.getDefaultJsonParser('ignore', 'ignore')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, bytes, parsed) => {
    if (bytes.length === 0 && request.routeOptions.schema?.body === undefined) parsed(null, undefined)
    // Decoding would put a replacement character in the place of every byte that is wrong.
    else if (!isUtf8(bytes)) parsed(new CroftError('malformed_json', 'The body is not UTF-8. Encode the JSON as UTF-8.'))
    else void parse(request, bytes.toString('utf8'), parsed)
  })
  app.addHook('onRoute', (route) => {
    if (isGet(route)) return
    route.preParsing = [route.preParsing ?? []].flat().concat((request, _reply, payload, next) => {
      requirePlain(request)
      next(null, payload)
    })
  })
  app.addHook('preValidation', (request, _reply, next) => {
    if (isDeep(request.body, 1)) throw invalid([{ path: '', message: `the body is nested more than ${deepest} deep` }])
    next()
  })
  done()
})
