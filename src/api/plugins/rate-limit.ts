import type { FastifyReply, FastifyRequest } from 'fastify'
import plugin from 'fastify-plugin'
import { countRequest } from '../../domain/limits/rate.ts'
import type { Context } from '../../kernel/context.ts'
import { CroftError } from '../../kernel/errors.ts'
import type { ApiOptions } from '../http/app.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route's requests are counted and limited under this name, per team. */
    limit?: string
  }
}

async function requirePlace(ctx: Context, name: string, { caller }: FastifyRequest, reply: FastifyReply): Promise<void> {
  const standing = await countRequest(ctx, caller.teamId, name)
  if (!standing) return
  reply.header('ratelimit-policy', `"${name}";q=${standing.limit};w=60`)
  reply.header('ratelimit', `"${name}";r=${standing.remaining};t=${standing.resetSeconds}`)
  if (!standing.allowed) {
    throw new CroftError(
      'rate_limited',
      `More than ${standing.limit} requests in a minute. Try again in ${standing.resetSeconds} s.`,
      {},
      standing.resetSeconds,
    )
  }
}

/** Limits the requests to routes with a `limit`, once their caller is known. */
export const rateLimit = plugin<ApiOptions>((app, { ctx }, done) => {
  app.addHook('onRoute', (route) => {
    const name = route.config?.limit
    if (name === undefined || ctx.rateLimitPerMinute === 0) return
    route.onRequest = [route.onRequest ?? []].flat().concat((request, reply, next) => {
      void requirePlace(ctx, name, request, reply).then(() => next(), next)
    })
  })
  done()
})
