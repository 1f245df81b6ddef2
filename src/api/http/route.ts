import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify'
import type { Static, TSchema } from 'typebox'
import type { Caller, Context } from '../../kernel/context.ts'
import { CroftError, type Detail } from '../../kernel/errors.ts'
import { countRequest } from '../../domain/limits/rate.ts'
import type { UnitOfWork as WriteScope } from '../../kernel/unit-of-work.ts'
import type { KeyScope } from '../../db/schema.ts'
import { actAs, callerOf, scopeHook } from './auth.ts'
import { orDryRun } from './dry-run.ts'
import { answerError, type Family } from './errors.ts'
import { faultsIn } from './faults.ts'
import { requireNoBody } from './no-body.ts'
import { errorResponses, limitHeaders, type ErrorStatus } from './responses.ts'
import { object } from './shapes.ts'
import { runWrite, sendAnswer } from './write.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** What a route's path, query and body hold, as its schemas say. */
export interface Input<P extends TSchema, Q extends TSchema, B extends TSchema> {
  params: Static<P>
  query: Static<Q>
  body: Static<B>
}

interface Common<P extends TSchema, Q extends TSchema, B extends TSchema, R extends TSchema> {
  url: string
  family: Family
  /** One line for the reference, and what stands below it. */
  summary: string
  description?: string
  tag: string
  params?: P
  query?: Q
  body?: B
  response: R
  /** In addition to those that every route can return. */
  errors?: readonly ErrorStatus[]
  /** Counted and limited under this name. */
  limitedAs?: string
  example?: unknown
  /** A body that succeeds, where the schema alone does not say enough to make one up. */
  bodyExample?: unknown
  /** The verb tells the faults of the body's shape together with its own, instead of the schema alone. */
  ownFaults?: boolean
  /** The scope of the key; by default `read`, of a route that changes something `write`. */
  scope?: KeyScope
}

/** Who acts, where the path says more of that than the key. */
type ActingAs<P extends TSchema, Q extends TSchema, B extends TSchema> = (
  ctx: Context,
  caller: Caller,
  input: Input<P, Q, B>,
) => Promise<Caller>

export interface ReadRoute<P extends TSchema, Q extends TSchema, B extends TSchema, R extends TSchema> extends Common<
  P,
  Q,
  B,
  R
> {
  method?: Method
  read: (ctx: Context, caller: Caller, input: Input<P, Q, B>) => Promise<Static<R>>
}

export interface WriteRoute<P extends TSchema, Q extends TSchema, B extends TSchema, R extends TSchema, V> extends Common<
  P,
  Q,
  B,
  R
> {
  method: Exclude<Method, 'GET'>
  actingAs?: ActingAs<P, Q, B>
  status?: 200 | 201 | 202
  /** The verb; it answers what its one `commit` answers. `faults` are for a route with `ownFaults`. */
  write: (unit: WriteScope, input: Input<P, Q, B>, faults: readonly Detail[]) => Promise<V>
  present: (ctx: Context, view: V) => Static<R>
  /** Members of the answer, at any depth, that name what a dry run does not make; decided by the input, they must be nullable. */
  made?: readonly string[] | ((input: Input<P, Q, B>) => readonly string[])
  /** The answer of a dry run, where it says other things than the real one. */
  dry?: (answer: Static<R>, view: V) => Record<string, unknown>
  /** The members that it then has in addition to those of `response`, or instead of them. */
  dryMembers?: Record<string, TSchema>
  /** Members of the response that are returned once and never stored. */
  secret?: readonly string[]
  /** The verb does nothing before its `commitShared`: its Idempotency-Key is taken in that transaction. */
  shared?: boolean
}

const alias = (url: string): string[] =>
  url.startsWith('/v1/farm-profiles') ? [url, url.replace('/v1/farm-profiles', '/v1/farm_profiles')] : [url]

/** The query of a route that takes none: `?dry_run=true` is not ignored silently there either. */
const noQuery = object({})

function schemaOf(
  route: Common<TSchema, TSchema, TSchema, TSchema>,
  setup: { status: number; write: boolean; made?: readonly string[]; dryMembers?: Record<string, TSchema> },
  hide: boolean,
): FastifySchema {
  const { params, query, body, response, summary, description, tag } = route
  const answer = setup.made ? orDryRun(response, setup.made, setup.dryMembers) : response
  const errors = errorResponses(route.family, {
    write: setup.write,
    params: params !== undefined,
    body: body !== undefined,
    limited: route.limitedAs !== undefined,
    more: route.errors ?? [],
  })
  return {
    ...(params ? { params } : {}),
    querystring: query ?? noQuery,
    ...(body ? { body: route.bodyExample === undefined ? body : { ...body, example: route.bodyExample } } : {}),
    response: {
      [setup.status]: {
        description: summary,
        content: { 'application/json': { schema: answer, ...(route.example === undefined ? {} : { example: route.example }) } },
        ...(route.limitedAs === undefined ? {} : { headers: limitHeaders }),
      },
      ...errors,
    },
    summary,
    ...(description ? { description } : {}),
    tags: [tag],
    security: [{ apiKey: [] }, { bearer: [] }],
    ...(hide ? { hide: true } : {}),
  }
}

async function limit(ctx: Context, caller: Caller, name: string, reply: FastifyReply): Promise<void> {
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

function register(
  app: FastifyInstance,
  ctx: Context,
  route: Common<TSchema, TSchema, TSchema, TSchema>,
  setup: {
    method: Method
    status: number
    scope: KeyScope
    write: boolean
    made?: readonly string[]
    dryMembers?: Record<string, TSchema>
    handler: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>
  },
): void {
  const { limitedAs } = route
  for (const [index, url] of alias(route.url).entries()) {
    app.route({
      method: setup.method,
      url,
      schema: schemaOf(route, setup, index > 0),
      attachValidation: route.ownFaults === true,
      onRequest: [
        scopeHook(ctx, setup.scope),
        ...(limitedAs === undefined
          ? []
          : [(request: FastifyRequest, reply: FastifyReply) => limit(ctx, callerOf(request), limitedAs, reply)]),
      ],
      errorHandler: (error, request, reply) => void answerError(error, request, reply, route.family),
      handler: setup.handler,
    })
  }
}

const inputOf = <P extends TSchema, Q extends TSchema, B extends TSchema>(request: FastifyRequest): Input<P, Q, B> =>
  ({ params: request.params, query: request.query, body: request.body }) as Input<P, Q, B>

/** Adds a route that changes nothing. */
export function readRoute<P extends TSchema, Q extends TSchema, B extends TSchema, R extends TSchema>(
  app: FastifyInstance,
  ctx: Context,
  route: ReadRoute<P, Q, B, R>,
): void {
  register(app, ctx, route, {
    method: route.method ?? 'GET',
    status: 200,
    scope: route.scope ?? 'read',
    write: false,
    handler: (request) => route.read(ctx, callerOf(request), inputOf(request)),
  })
}

/** Adds a route that changes something, with idempotency keys and dry runs. */
export function writeRoute<P extends TSchema, Q extends TSchema, B extends TSchema, R extends TSchema, V>(
  app: FastifyInstance,
  ctx: Context,
  route: WriteRoute<P, Q, B, R, V>,
): void {
  const status = route.status ?? 200
  register(app, ctx, route, {
    method: route.method,
    status,
    scope: route.scope ?? 'write',
    write: true,
    made: typeof route.made === 'function' ? [] : (route.made ?? []),
    ...(route.dryMembers ? { dryMembers: route.dryMembers } : {}),
    handler: async (request, reply) => {
      if (!route.body) requireNoBody(request.body)
      const { validationError } = request
      // Only the body's faults are the verb's to tell.
      if (validationError && validationError.validationContext !== 'body') throw validationError
      const input: Input<P, Q, B> = inputOf(request)
      if (route.actingAs) actAs(request, await route.actingAs(ctx, callerOf(request), input))
      const { dry } = route
      const answer = await runWrite(ctx, request, {
        status,
        verb: (unit) => route.write(unit, input, faultsIn(validationError)),
        present: (view: V) => route.present(ctx, view) as Record<string, unknown>,
        made: typeof route.made === 'function' ? route.made(input) : (route.made ?? []),
        ...(dry ? { dry: (answer: Record<string, unknown>, view: V) => dry(answer as Static<R>, view) } : {}),
        secret: route.secret ?? [],
        shared: route.shared ?? false,
      })
      return sendAnswer(reply, answer)
    },
  })
}
