import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault, RouteOptions } from 'fastify'
import type { Context } from '../../kernel/context.ts'

/** A Fastify server on whose routes the TypeBox schemas say what params, query, body and answer are. */
export type App = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, TypeBoxTypeProvider>

/** What plugins and routes are registered with. */
export interface ApiOptions {
  ctx: Context
}

export const isGet = ({ method }: RouteOptions): boolean => method === 'GET' || method === 'HEAD'

/** Whether a route changes something: then it takes idempotency keys and dry runs. */
export const isWrite = (route: RouteOptions): boolean => !isGet(route) && route.config?.scope !== 'read'
