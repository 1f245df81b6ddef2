import { Type, type Static } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import type { CroftError } from '../../kernel/errors.ts'
import { createPosts, type BulkEntry, type BulkResult } from '../../domain/posts/bulk.ts'
import { exampleOf } from '../docs/example.ts'
import type { App } from '../http/app.ts'
import { toCroftError } from '../http/errors.ts'
import { faultsIn } from '../http/faults.ts'
import { id, object, withExample } from '../http/shapes.ts'
import { validatorCompiler } from '../http/validate.ts'
import { newPost, postInput, requireNewPost } from './post-input.ts'
import { warnings } from './post-shape.ts'

const most = 500
// A response with 100 faults for each of 500 entries would be ten times the request.
const mostFaults = 20
const accepted = { index: Type.Integer(), task_id: id }
const refusedResult = object({
  index: Type.Integer(),
  error: Type.Object({ code: Type.String(), message: Type.String() }, { additionalProperties: true }),
})
const result = Type.Union([object(accepted), refusedResult])
const dryResult = object({ ...accepted, warnings })

function refusalOf(refuse: () => void): CroftError {
  try {
    refuse()
  } catch (error) {
    return toCroftError(error)
  }
  throw new Error('an invalid entry has a fault')
}

/** `POST /v1/posts/bulk`: many posts in one request; each succeeds or fails on its own. */
export function bulkRoute(app: App, ctx: Context): void {
  const check = validatorCompiler({ schema: newPost, method: 'POST', url: '/v1/posts', httpPart: 'body' })
  const isPost = (value: unknown): value is Static<typeof newPost> => check(value) === true
  const entryOf = (value: unknown): BulkEntry => {
    if (isPost(value)) return { profileId: value.profile_id, input: postInput(value) }
    const faults = faultsIn({ validation: (check as { errors?: unknown }).errors })
    return { error: refusalOf(() => requireNewPost(ctx, value, faults, mostFaults)) }
  }
  const show = (one: BulkResult) =>
    'post' in one
      ? { index: one.index, task_id: one.post.id }
      : { index: one.index, error: { code: one.error.code, message: one.error.message, ...one.error.extra } }
  app.post(
    '/v1/posts/bulk',
    {
      schema: {
        summary: `Post up to ${most} posts at once`,
        description:
          'Every entry is a body of `POST /v1/posts` and succeeds or fails on its own; the results are in the order of the request. Counts as one request.',
        tags: ['Posts'],
        body: withExample(object({ posts: Type.Array(Type.Unknown(), { minItems: 1, maxItems: most }) }), {
          posts: [exampleOf(newPost)],
        }),
        response: { 200: object({ results: Type.Array(result) }) },
      },
      config: {
        limit: 'post-bulk',
        dryRun: { hides: ['task_id'], members: { results: Type.Array(Type.Union([dryResult, refusedResult])) } },
      },
    },
    ({ body }, reply) =>
      reply.carryOut(
        (unit) => createPosts(unit, body.posts.map(entryOf)),
        (results) => ({ results: results.map(show) }),
        {
          dry: (_, results) => ({
            results: results.map((one) => ('post' in one ? { ...show(one), warnings: one.post.warnings } : show(one))),
          }),
        },
      ),
  )
}
