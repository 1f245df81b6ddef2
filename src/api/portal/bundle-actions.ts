import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { cancelBundle } from '../../domain/bundles/cancel.ts'
import { closeBundle } from '../../domain/bundles/close.ts'
import { correctAccount } from '../../domain/bundles/corrections.ts'
import { finalizeAccount } from '../../domain/bundles/finalize.ts'
import { publishBundle, unpublishBundle } from '../../domain/bundles/publish.ts'
import type { BundleDetails } from '../../domain/bundles/details.ts'
import type { Context } from '../../kernel/context.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import { writeRoute } from '../http/route.ts'
import { object, oneOf } from '../http/shapes.ts'
import { bundleShape, presentBundle } from './bundle-shape.ts'
import { bundleParams } from './bundles.ts'
import { dataOf } from './shapes.ts'

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

/** What a team does with a bundle. Every action returns the bundle. */
export function bundleActions(app: FastifyInstance, ctx: Context): void {
  const common = {
    family: 'portal',
    tag: 'Bundles',
    method: 'POST',
    params: bundleParams,
    response: dataOf(bundleShape),
  } as const
  for (const { path, summary, description, verb } of actions) {
    writeRoute(app, ctx, {
      ...common,
      url: `/api/ext/bundles/:id/${path}`,
      summary,
      ...(description === undefined ? {} : { description }),
      write: (unit, { params }) => verb(unit, params.id),
      present: (_, view) => ({ data: presentBundle(view) }),
    })
  }
  writeRoute(app, ctx, {
    ...common,
    url: '/api/ext/bundles/:id/account/corrections',
    summary: 'Return the account to its manager',
    body: correctionsOf('username', 'visible_name', 'biography', 'profile_picture', 'link_in_bio'),
    write: (unit, { params, body }) => correctAccount(unit, params.id, { comment: body.comment, fields: body.fields ?? [] }),
    present: (_, view) => ({ data: presentBundle(view) }),
  })
}
