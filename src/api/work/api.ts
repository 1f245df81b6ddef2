import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import { claimWork, releaseWork, startWork } from '../../people/claim.ts'
import { getWork, listWork } from '../../people/read.ts'
import { servingTeam } from '../../people/lock.ts'
import { failWork, submitWork } from '../../people/submit.ts'
import type { WorkDetails } from '../../people/details.ts'
import type { ApiOptions } from '../http/app.ts'
import { id, nullable, object, pageBody, pageOf, pageQuery, pageRequest, url, withExample } from '../http/shapes.ts'
import { errorEnvelope } from '../plugins/error-envelope.ts'
import { screenshotRoute } from './screenshot.ts'
import { presentWork, workShape } from './shape.ts'

const params = object({ work_id: id })

const submission = object({
  values: Type.Optional(
    nullable(
      Type.Record(
        Type.String({ pattern: '^(?!(?:constructor|prototype)$)[A-Za-z][A-Za-z0-9_]{0,99}$' }),
        nullable(Type.Union([Type.String({ maxLength: 4_000 }), Type.Boolean(), Type.Number()])),
        {
          additionalProperties: false,
          maxProperties: 50,
          description: 'What was set, by name. A setup also has `phone_name`: the name by which people know the phone.',
        },
      ),
    ),
  ),
  post_url: Type.Optional(nullable(url)),
  note: Type.Optional(nullable(Type.String({ maxLength: 4_000 }))),
  screenshot_media_id: Type.Optional(nullable(id)),
})

const couldNot = object({
  code: Type.String({
    pattern: '^[a-z][a-z0-9_]{0,63}$',
    description:
      'Lower snake case, of your own choice. `try_again`: nothing has happened, and another try may succeed. `outcome_unknown`, for a publish: nobody can tell whether it went out.',
  }),
  message: Type.String({ minLength: 1, maxLength: 1_000 }),
})

const actions = [
  {
    name: 'claim',
    summary: 'Claim a work item',
    description:
      'It is reserved for you until `claimed_until`; each call for the item renews the claim. If another manager holds it: 409 with their `claimed_until`.',
    verb: claimWork,
  },
  {
    name: 'start',
    summary: 'Start a work item',
    description: 'Also claims it. From here on, a publish counts as possibly published.',
    verb: startWork,
  },
  {
    name: 'release',
    summary: 'Release a work item',
    description: 'Like a claim that lapses at once: a publish that you had started becomes `unconfirmed`.',
    verb: releaseWork,
  },
]

const tags = ['Work']
const config = { scope: 'work' } as const
const common = { tags, params, response: { 200: workShape } }

/** The work queue for people. It needs a manager's key, which gives access to nothing else. */
export const workApi: FastifyPluginAsyncTypebox<ApiOptions> = async (app, { ctx }) => {
  await app.register(errorEnvelope, { family: 'common' })
  app.get(
    '/v1/work',
    {
      schema: {
        summary: 'List the work that you may take or currently hold, earliest due first',
        tags,
        querystring: pageQuery({}),
        response: { 200: pageOf(workShape) },
      },
      config: { ...config, errors: [422] },
    },
    async ({ caller, query }) => pageBody(await listWork(ctx, caller, pageRequest(query)), presentWork),
  )
  app.get(
    '/v1/work/:work_id',
    {
      schema: {
        ...common,
        summary: 'Get a work item',
        description: 'If you hold the item, this call renews the claim, like every other call for it.',
      },
      config,
    },
    async ({ caller, params }) => presentWork(await getWork(ctx, caller, params.work_id)),
  )
  /** Carries a verb out for the team of the work item. */
  const serve = async (reply: FastifyReply, workId: string, verb: (unit: UnitOfWork) => Promise<WorkDetails>) => {
    const { request } = reply
    request.caller = await servingTeam(ctx, request.caller, workId)
    return reply.carryOut(verb, presentWork)
  }
  for (const { name, verb, ...about } of actions)
    app.post(`/v1/work/:work_id/${name}`, { schema: { ...common, ...about }, config }, ({ params: { work_id } }, reply) =>
      serve(reply, work_id, (unit) => verb(unit, work_id)),
    )
  app.post(
    '/v1/work/:work_id/submit',
    {
      schema: {
        ...common,
        summary: 'Submit a work item',
        body: withExample(submission, {
          values: { phone_name: 'Shelf 1' },
          note: 'Signed in, and the phone is on its shelf.',
        }),
      },
      config,
    },
    ({ params: { work_id }, body }, reply) =>
      serve(reply, work_id, (unit) =>
        submitWork(unit, work_id, {
          values: body.values ?? null,
          postUrl: body.post_url ?? null,
          note: body.note ?? null,
          screenshotMediaId: body.screenshot_media_id ?? null,
        }),
      ),
  )
  app.post(
    '/v1/work/:work_id/fail',
    { schema: { ...common, summary: 'Report that a work item could not be done', body: couldNot }, config },
    ({ params: { work_id }, body }, reply) => serve(reply, work_id, (unit) => failWork(unit, work_id, body)),
  )
  await app.register(screenshotRoute, { ctx })
}
