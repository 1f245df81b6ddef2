import type { FastifyReply, preHandlerHookHandler, RouteOptions } from 'fastify'
import plugin from 'fastify-plugin'
import type { StoredAnswer } from '../../domain/idempotency/keys.ts'
import type { Context } from '../../kernel/context.ts'
import type { Detail } from '../../kernel/errors.ts'
import { isWrite, type ApiOptions } from '../http/app.ts'
import { blank } from '../http/dry-answer.ts'
import { faultsIn } from '../http/faults.ts'
import { requireNoBody } from './body.ts'
import { requestKey } from './idempotency.ts'
import { inKey, inRehearsal, inShared, inUnit, Replay, Undone, type Verb } from './units.ts'

interface CarryOutOptions<V, A> {
  /** The answer of a dry run, if it says other things than the real one. */
  dry?: (answer: A, result: V) => object
  /** Instead of the route's `dryRun.hides`, if the input decides. */
  hides?: readonly string[]
  /** What the request asks for, if that is not its JSON body. */
  content?: string
  /** Called before a replay, if only the request's streamed content can tell whether it is the same. Throws if not. */
  sameAs?: (first: StoredAnswer) => Promise<void>
}

declare module 'fastify' {
  interface FastifyReply {
    /**
     * Carries out a verb, and answers what `present` makes of what the verb committed. In the transaction of the verb's
     * commit, the answer is stored under the request's Idempotency-Key, or everything is undone if the request is a dry run.
     */
    carryOut<V, A>(verb: Verb<V>, present: (result: V) => A, options?: CarryOutOptions<V, A>): Promise<A>
  }
  interface FastifyRequest {
    /** The faults of the body's shape, on a route with `attachValidation`. */
    readonly faults: readonly Detail[]
  }
  interface FastifyContextConfig {
    /** Members of the answer that are returned once and never stored. */
    secret?: readonly string[]
    /** The verb does nothing before its `commitShared`: its Idempotency-Key is taken in that transaction. */
    shared?: boolean
    /** The status of the route's good answer, which follows from its schema. */
    status?: number
  }
}

async function carryOut<V, A>(
  ctx: Context,
  reply: FastifyReply,
  verb: Verb<V>,
  present: (result: V) => A,
  options: CarryOutOptions<V, A>,
): Promise<A> {
  const { request } = reply
  const { caller, dryRun } = request
  const { status = 200, secret = [], shared = false, dryRun: { hides = [] } = {} } = request.routeOptions.config
  // A verb answers what its commit answers, so this is what the answer presents.
  const answer = (result: unknown): StoredAnswer => ({ status, body: JSON.stringify(blank(present(result as V), secret)) })
  const key = dryRun ? null : requestKey(request, options.content)
  const keyed = key && { ...key, answer }
  reply.status(status)
  try {
    if (dryRun) return present(await inRehearsal(ctx, caller, verb))
    if (shared) return present(await inShared(ctx, caller, verb, keyed))
    return present(await (keyed ? inKey(ctx, caller, verb, keyed) : inUnit(ctx, caller, verb)))
  } catch (error) {
    if (error instanceof Undone) {
      const result = error.result as V
      const real = present(result)
      return { ...blank(options.dry?.(real, result) ?? real, options.hides ?? hides), dry_run: true } as A
    }
    if (!(error instanceof Replay)) throw error
    await options.sameAs?.(error.first)
    reply.status(error.first.status).header('idempotent-replayed', 'true')
    return JSON.parse(error.first.body) as A
  }
}

const goodStatus = ({ schema }: RouteOptions): number =>
  Number(Object.keys(schema?.response ?? {}).find((status) => status.startsWith('2')))

/** Before the handler of a write: only the faults of the body's shape are the verb's to tell. */
const checkInput = (takesBody: boolean): preHandlerHookHandler =>
  function ({ body, validationError }, _, next) {
    if (!takesBody) requireNoBody(body)
    if (validationError && validationError.validationContext !== 'body') throw validationError
    next()
  }

/** Carries out the verbs of writes: `reply.carryOut`. */
export const carryOutWrites = plugin<ApiOptions>(
  (app, { ctx }, done) => {
    app.decorateRequest('faults', {
      getter() {
        return faultsIn(this.validationError)
      },
    })
    app.decorateReply('carryOut', function (verb, present, options = {}) {
      return carryOut(ctx, this, verb, present, options)
    })
    app.addHook('onRoute', (route) => {
      if (!isWrite(route)) return
      route.config = { ...route.config, status: goodStatus(route) }
      const takesBody = route.schema?.body !== undefined
      if (takesBody && !route.attachValidation) return
      route.preHandler = [checkInput(takesBody), ...[route.preHandler ?? []].flat()]
    })
    done()
  },
  { decorators: { request: ['caller', 'dryRun', 'idempotencyKey'] } },
)
