import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Context } from '../../core/context.ts'
import { CroftError } from '../../core/errors.ts'
import { findProfile } from '../../core/profiles/find.ts'
import { listProfiles } from '../../core/profiles/list.ts'
import { updateProfile } from '../../core/profiles/update.ts'
import { viewProfile } from '../../core/profiles/view.ts'
import { readRoute, writeRoute } from '../http/route.ts'
import { nullable, object, pageQuery, pageRequest } from '../http/shapes.ts'
import { editBody, editOf, madeBy } from './edit.ts'
import { accountShape, showAccount, showUpdated, updatedExample, updatedShape } from './shape.ts'

// No shape at all: in this family every text that is no UUID is 404, one that cannot be stored among them.
const params = object({ accountId: Type.Unsafe<string>({ description: 'The id of the account, a UUID.' }) })

/** This family calls a profile an account. */
async function asAccount<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof CroftError) || error.code !== 'profile_not_found') throw error
    throw new CroftError(
      'account_not_found',
      'There is no account with this id. Check it, and the key: each team sees its own accounts.',
    )
  }
}

/** The profile PATCH page's route, and the accounts that it edits. */
export function accountRoutes(app: FastifyInstance, ctx: Context): void {
  const common = { family: 'accounts', tag: 'Accounts' } as const
  readRoute(app, ctx, {
    ...common,
    url: '/v1/accounts',
    summary: 'List accounts, newest first',
    query: pageQuery({}),
    response: object({ data: Type.Array(accountShape), hasMore: Type.Boolean(), nextCursor: nullable(Type.String()) }),
    read: async (_, caller, { query }) => {
      const { items, hasMore, nextCursor } = await listProfiles(ctx, caller, pageRequest(query), {})
      return { data: items.map((view) => showAccount(ctx, view)), hasMore, nextCursor }
    },
  })
  readRoute(app, ctx, {
    ...common,
    url: '/v1/accounts/:accountId',
    summary: 'Get an account',
    params,
    response: accountShape,
    read: async (_, caller, input) =>
      showAccount(
        ctx,
        await viewProfile(ctx, ctx.db, await asAccount(findProfile(ctx.db, caller.teamId, input.params.accountId))),
      ),
  })
  writeRoute(app, ctx, {
    ...common,
    method: 'PATCH',
    url: '/v1/accounts/:accountId/profile',
    summary: 'Edit the profile of an account',
    description:
      'Applied whole or not at all. The stored values change at once; a `profile_edit` task applies them on the platform. ' +
      'A display name that changes too soon is 429 `name_change_restricted` with `nextAllowedAt`.',
    params,
    body: editBody,
    ownFaults: true,
    response: updatedShape,
    example: updatedExample,
    errors: [429, 507],
    made: ({ body }) => madeBy(body),
    write: (scope, { params: { accountId }, body }, faults) => {
      const { changes, form } = editOf(body, faults)
      return asAccount(updateProfile(scope, accountId, changes, form))
    },
    present: (_, updated) => showUpdated(updated),
  })
}
