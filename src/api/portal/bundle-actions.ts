import { Type } from 'typebox'
import { cancelBundle } from '../../domain/bundles/cancel.ts'
import { closeBundle } from '../../domain/bundles/close.ts'
import { correctAccount } from '../../domain/bundles/corrections.ts'
import { finalizeAccount } from '../../domain/bundles/finalize.ts'
import { publishBundle, unpublishBundle } from '../../domain/bundles/publish.ts'
import type { BundleDetails } from '../../domain/bundles/details.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import type { App } from '../http/app.ts'
import { object, oneOf } from '../http/shapes.ts'
import { bundleAnswer, presentBundleAnswer } from './bundle-shape.ts'
import { bundleParams } from './bundles.ts'

/** The team's comment on work that it returns. */
export const correctionsOf = (...fields: string[]) =>
  object({
    comment: Type.String({ minLength: 1, maxLength: 2_000, pattern: '\\S' }),
    fields: Type.Optional(Type.Array(oneOf(...fields), { minItems: 1, maxItems: fields.length, uniqueItems: true })),
  })

const actions: {
  path: string
  summary: string
  description?: string
  verb: (unit: UnitOfWork, id: string) => Promise<BundleDetails>
}[] = [
  {
    path: 'publish',
    summary: 'Put a bundle into the managers’ queue',
    description: 'If anything blocks publishing, the response is 409 `invalid_status` with all of it in `details`.',
    verb: publishBundle,
  },
  { path: 'unpublish', summary: 'Take a bundle back before a manager takes it', verb: unpublishBundle },
  { path: 'cancel', summary: 'Cancel a bundle before a manager takes it; its credits are refunded', verb: cancelBundle },
  {
    path: 'account/finalize',
    summary: 'Accept the account as the manager submitted it',
    description: 'It becomes a profile of the team, `account_id`, with an active order.',
    verb: (unit, id) => finalizeAccount(unit, id),
  },
  { path: 'close', summary: 'End the order of a delivered account', verb: closeBundle },
]

const tags = ['Bundles']

/** What a team does with a bundle. Every action returns the bundle. */
export function bundleActions(app: App): void {
  for (const { path, verb, ...about } of actions) {
    app.post(
      `/api/ext/bundles/:id/${path}`,
      { schema: { ...about, tags, params: bundleParams, response: { 200: bundleAnswer } } },
      ({ params }, reply) => reply.carryOut((unit) => verb(unit, params.id), presentBundleAnswer),
    )
  }
  app.post(
    '/api/ext/bundles/:id/account/corrections',
    {
      schema: {
        summary: 'Return the account to its manager',
        tags,
        params: bundleParams,
        body: correctionsOf('username', 'visible_name', 'biography', 'profile_picture', 'link_in_bio'),
        response: { 200: bundleAnswer },
      },
    },
    ({ params, body: { comment, fields = [] } }, reply) =>
      reply.carryOut((unit) => correctAccount(unit, params.id, { comment, fields }), presentBundleAnswer),
  )
}
