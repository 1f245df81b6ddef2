import type { FastifyRequest } from 'fastify'
import plugin from 'fastify-plugin'
import type { KeyCaller } from '../../kernel/caller.ts'
import type { Context } from '../../kernel/context.ts'
import type { KeyScope } from '../../db/schema.ts'
import { CroftError } from '../../kernel/errors.ts'
import { authenticate, findKeptCaller } from '../../domain/keys/authenticate.ts'
import { isWrite, type ApiOptions } from '../http/app.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks. A handler may set it to let the rest of the request act for another team. */
    caller: KeyCaller
  }
  interface FastifyContextConfig {
    /** The scope of the key; by default `write` of a route that changes something, and `read` of the others. */
    scope?: KeyScope
  }
}

/** Every key that the request carries, in either header. */
function keysOf({ headers }: FastifyRequest): string[] {
  const { authorization, 'x-api-key': apiKey } = headers
  if (authorization === undefined && typeof apiKey === 'string' && apiKey !== '') return [apiKey]
  const bearer = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
  return [apiKey, bearer].flat().filter((key): key is string => typeof key === 'string' && key !== '')
}

export const carriesKey = (request: FastifyRequest): boolean => keysOf(request).length > 0

const allows = (held: KeyScope, needed: KeyScope): boolean => held === needed || (held === 'write' && needed === 'read')

function admit(caller: KeyCaller, scope: KeyScope): KeyCaller {
  if (allows(caller.scope, scope)) return caller
  throw new CroftError('insufficient_scope', `This route needs a key with the scope ${scope}; this key has ${caller.scope}.`, {
    scope: caller.scope,
    needed: scope,
  })
}

/** Finds out who asks, and whether the key's scope goes far enough. @throws CroftError `unauthorized`, `insufficient_scope` */
export const requireScope = async (ctx: Context, request: FastifyRequest, scope: KeyScope): Promise<KeyCaller> =>
  admit(await authenticate(ctx, keysOf(request), request.id), scope)

/** Requires a key on every route of the context: `request.caller` is whose it is. */
export const caller = plugin<ApiOptions>((app, { ctx }, done) => {
  app.decorateRequest('caller')
  app.addHook('onRoute', (route) => {
    const scope = route.config?.scope ?? (isWrite(route) ? 'write' : 'read')
    const identify = async (request: FastifyRequest) => {
      request.caller = await requireScope(ctx, request, scope)
    }
    route.onRequest = [route.onRequest ?? []].flat().concat((request, _, next) => {
      // A key that was used a moment ago is known without waiting.
      const kept = findKeptCaller(ctx, keysOf(request), request.id)
      if (kept) {
        request.caller = admit(kept, scope)
        next()
      } else void identify(request).then(() => next(), next)
    })
  })
  done()
})
