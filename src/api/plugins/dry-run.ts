import type { FastifyRequest, preParsingHookHandler } from 'fastify'
import plugin from 'fastify-plugin'
import type { TSchema } from 'typebox'
import { invalid } from '../../kernel/errors.ts'
import { isGet } from '../http/app.ts'

/** Either switches a dry run on: Croft's own name, and that of the bundles' vendor. */
export const dryRunHeaders = ['x-dry-run', 'x-tokportal-dry-run'] as const

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether all of it is to be undone at the end. @throws CroftError if the headers say neither yes nor no */
    readonly dryRun: boolean
  }
  interface FastifyContextConfig {
    /** How the answer of a dry run differs from the real one. */
    dryRun?: {
      /** Members, at any depth, that name what is not made: they are null. */
      hides?: readonly string[]
      /** Schemas of members that it has in addition to those of the answer, or instead of them. */
      members?: Record<string, TSchema>
    }
  }
}

const looksLikeDryRun = /(?:^|[-_])dry[-_]?run$/

/** A client that asks for a dry run by another name must not get the real thing. */
function requireKnownName({ headers }: FastifyRequest): void {
  const known: readonly string[] = dryRunHeaders
  const unknown = Object.keys(headers).filter((name) => looksLikeDryRun.test(name) && !known.includes(name))
  if (unknown.length === 0) return
  const message = 'is not a header that Croft knows; send X-Dry-Run: true for a dry run'
  throw invalid(unknown.map((name) => ({ path: `header.${name}`, message })))
}

function isDryRun({ headers }: FastifyRequest): boolean {
  const given = dryRunHeaders.map((name) => ({ name, value: headers[name] })).filter(({ value }) => typeof value === 'string')
  const wrong = given.filter(({ value }) => value !== 'true' && value !== 'false')
  if (wrong.length > 0) throw invalid(wrong.map(({ name }) => ({ path: `header.${name}`, message: 'must be true or false' })))
  const [first, second] = given
  if (second && first?.value !== second.value)
    throw invalid([{ path: `header.${second.name}`, message: `must be the same as ${first?.name ?? ''}; send one of the two` }])
  return first?.value === 'true'
}

/** Reads whether a write is a dry run: `request.dryRun`. */
export const dryRun = plugin((app, _, done) => {
  app.decorateRequest('dryRun', {
    getter() {
      return isDryRun(this)
    },
  })
  app.addHook('onRoute', (route) => {
    if (isGet(route)) return
    const check: preParsingHookHandler = (request, _reply, payload, next) => {
      requireKnownName(request)
      next(null, payload)
    }
    route.preParsing = [check, ...[route.preParsing ?? []].flat()]
  })
  done()
})
