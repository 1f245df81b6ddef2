import type { FastifyRequest } from 'fastify'
import type { Caller, Context } from '../../kernel/context.ts'
import type { KeyScope } from '../../db/schema.ts'
import { CroftError } from '../../kernel/errors.ts'
import { authenticate } from '../../domain/keys/authenticate.ts'

const callers = new WeakMap<FastifyRequest, Caller>()

/** Every key that the request carries, in either header. */
function keysOf(request: FastifyRequest): string[] {
  const { authorization, 'x-api-key': apiKey } = request.headers
  const bearer = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
  return [apiKey, bearer].flat().filter((key): key is string => typeof key === 'string' && key !== '')
}

export const carriesKey = (request: FastifyRequest): boolean => keysOf(request).length > 0

const allows = (held: KeyScope, needed: KeyScope): boolean => held === needed || (held === 'write' && needed === 'read')

/** Finds out who asks, and whether the key's scope goes far enough. @throws CroftError `unauthorized`, `insufficient_scope` */
export async function requireScope(ctx: Context, request: FastifyRequest, scope: KeyScope): Promise<Caller> {
  const caller = await authenticate(ctx, keysOf(request), request.id)
  if (!allows(caller.scope, scope)) {
    throw new CroftError('insufficient_scope', `This route needs a key with the scope ${scope}; this key has ${caller.scope}.`, {
      scope: caller.scope,
      needed: scope,
    })
  }
  callers.set(request, caller)
  return caller
}

/** Who asks, on a route that has required a scope. */
export function callerOf(request: FastifyRequest): Caller {
  const caller = callers.get(request)
  if (!caller) throw new Error('the route requires no scope')
  return caller
}

/** Lets the rest of the request act as this caller. */
export const actAs = (request: FastifyRequest, caller: Caller): void => void callers.set(request, caller)
