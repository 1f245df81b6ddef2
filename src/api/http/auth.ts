import type { FastifyInstance, FastifyRequest, HookHandlerDoneFunction } from 'fastify'
import type { Caller, Context } from '../../kernel/context.ts'
import type { KeyScope } from '../../db/schema.ts'
import { CroftError } from '../../kernel/errors.ts'
import { authenticate, findKeptCaller } from '../../domain/keys/authenticate.ts'

const callerKey = Symbol('caller')
type WithCaller = FastifyRequest & { [callerKey]: Caller | null }

/** Gives every request a place for its caller. */
export const decorateCaller = (app: FastifyInstance): void => void app.decorateRequest(callerKey, null)

/** Every key that the request carries, in either header. */
function keysOf({ headers }: FastifyRequest): string[] {
  const { authorization, 'x-api-key': apiKey } = headers
  if (authorization === undefined && typeof apiKey === 'string' && apiKey !== '') return [apiKey]
  const bearer = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
  return [apiKey, bearer].flat().filter((key): key is string => typeof key === 'string' && key !== '')
}

export const carriesKey = (request: FastifyRequest): boolean => keysOf(request).length > 0

const allows = (held: KeyScope, needed: KeyScope): boolean => held === needed || (held === 'write' && needed === 'read')

function admit(request: FastifyRequest, caller: Caller, scope: KeyScope): Caller {
  if (!allows(caller.scope, scope)) {
    throw new CroftError('insufficient_scope', `This route needs a key with the scope ${scope}; this key has ${caller.scope}.`, {
      scope: caller.scope,
      needed: scope,
    })
  }
  actAs(request, caller)
  return caller
}

/** Finds out who asks, and whether the key's scope goes far enough. @throws CroftError `unauthorized`, `insufficient_scope` */
export async function requireScope(ctx: Context, request: FastifyRequest, scope: KeyScope): Promise<Caller> {
  return admit(request, await authenticate(ctx, keysOf(request), request.id), scope)
}

/** {@link requireScope} as a hook; a key that was used a moment ago is known without waiting. */
export const scopeHook =
  (ctx: Context, scope: KeyScope) =>
  (request: FastifyRequest, _: unknown, done: HookHandlerDoneFunction): void => {
    const kept = findKeptCaller(ctx, keysOf(request), request.id)
    if (!kept) return void requireScope(ctx, request, scope).then(() => done(), done)
    try {
      admit(request, kept, scope)
    } catch (error) {
      done(error as Error)
      return
    }
    done()
  }

/** Who asks, on a route that has required a scope. */
export function callerOf(request: FastifyRequest): Caller {
  const caller = (request as WithCaller)[callerKey]
  if (!caller) throw new Error('the route requires no scope')
  return caller
}

/** Lets the rest of the request act as this caller. */
export function actAs(request: FastifyRequest, caller: Caller): void {
  ;(request as WithCaller)[callerKey] = caller
}
