import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Caller, Context } from '../../kernel/context.ts'
import { claimWork, releaseWork, startWork } from '../../people/claim.ts'
import { getWork, listWork } from '../../people/read.ts'
import { servingTeam } from '../../people/lock.ts'
import { failWork, submitWork } from '../../people/submit.ts'
import { readRoute, writeRoute } from '../http/route.ts'
import { id, nullable, object, pageBody, pageOf, pageQuery, pageRequest, url } from '../http/shapes.ts'
import { screenshotRoute } from './screenshot.ts'
import { presentWork, workShape } from './work-shape.ts'

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

/** The work queue for people. It needs a manager's key, which gives access to nothing else. */
export async function workRoutes(app: FastifyInstance, ctx: Context): Promise<void> {
  const common = { family: 'common', tag: 'Work', scope: 'work' } as const
  readRoute(app, ctx, {
    ...common,
    url: '/v1/work',
    summary: 'List the work that you may take or currently hold, earliest due first',
    query: pageQuery({}),
    response: pageOf(workShape),
    errors: [422],
    read: async (_, caller, { query }) => pageBody(await listWork(ctx, caller, pageRequest(query)), presentWork),
  })
  readRoute(app, ctx, {
    ...common,
    url: '/v1/work/:work_id',
    summary: 'Get a work item',
    description: 'If you hold the item, this call renews the claim, like every other call for it.',
    params,
    response: workShape,
    read: async (_, caller, input) => presentWork(await getWork(ctx, caller, input.params.work_id)),
  })
  const action = {
    ...common,
    method: 'POST',
    params,
    response: workShape,
    actingAs: (_: Context, caller: Caller, input: { params: { work_id: string } }) =>
      servingTeam(ctx, caller, input.params.work_id),
    present: (_: Context, view: Parameters<typeof presentWork>[0]) => presentWork(view),
  } as const
  writeRoute(app, ctx, {
    ...action,
    url: '/v1/work/:work_id/claim',
    summary: 'Claim a work item',
    description:
      'It is reserved for you until `claimed_until`; each call for the item renews the claim. If another manager holds it: 409 with their `claimed_until`.',
    write: (unit, input) => claimWork(unit, input.params.work_id),
  })
  writeRoute(app, ctx, {
    ...action,
    url: '/v1/work/:work_id/start',
    summary: 'Start a work item',
    description: 'Also claims it. From here on, a publish counts as possibly published.',
    write: (unit, input) => startWork(unit, input.params.work_id),
  })
  writeRoute(app, ctx, {
    ...action,
    url: '/v1/work/:work_id/release',
    summary: 'Release a work item',
    description: 'Like a claim that lapses at once: a publish that you had started becomes `unconfirmed`.',
    write: (unit, input) => releaseWork(unit, input.params.work_id),
  })
  writeRoute(app, ctx, {
    ...action,
    url: '/v1/work/:work_id/submit',
    summary: 'Submit a work item',
    body: submission,
    bodyExample: { values: { phone_name: 'Shelf 1' }, note: 'Signed in, and the phone is on its shelf.' },
    write: (unit, { params: { work_id }, body }) =>
      submitWork(unit, work_id, {
        values: body.values ?? null,
        postUrl: body.post_url ?? null,
        note: body.note ?? null,
        screenshotMediaId: body.screenshot_media_id ?? null,
      }),
  })
  writeRoute(app, ctx, {
    ...action,
    url: '/v1/work/:work_id/fail',
    summary: 'Report that a work item could not be done',
    body: couldNot,
    write: (unit, input) => failWork(unit, input.params.work_id, input.body),
  })
  await screenshotRoute(app, ctx)
}
