import type { FastifyInstance, FastifyRequest } from 'fastify'
import { CroftError, invalid } from '../../kernel/errors.ts'

/** Either switches a dry run on: Croft's own name, and that of the bundles' vendor. */
export const dryRunHeaders = ['x-dry-run', 'x-tokportal-dry-run'] as const

const looksLikeDryRun = /(?:^|[-_])dry[-_]?run$/

const bodyless: readonly string[] = ['GET', 'HEAD']

/** A client that asks for a dry run by another name must not get the real thing. */
function requireKnownDryRun({ headers }: FastifyRequest): void {
  const known: readonly string[] = dryRunHeaders
  const unknown = Object.keys(headers).filter((name) => looksLikeDryRun.test(name) && !known.includes(name))
  if (unknown.length > 0)
    throw invalid(
      unknown.map((name) => ({
        path: `header.${name}`,
        message: 'is not a header that Croft knows; send X-Dry-Run: true for a dry run',
      })),
    )
}

function requirePlainBody({ headers }: FastifyRequest): void {
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    throw new CroftError(
      'unsupported_media_type',
      'The body is compressed, as its Content-Encoding says. Send it uncompressed, without that header.',
    )
}

/** Refuses headers that would change what a write means and that Croft does not honour, before the body is read. */
export function checkHeaders(app: FastifyInstance): void {
  app.addHook('preParsing', (request, _, payload, done) => {
    if (!request.is404 && !bodyless.includes(request.method)) {
      requireKnownDryRun(request)
      requirePlainBody(request)
    }
    done(null, payload)
  })
}
