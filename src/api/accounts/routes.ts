import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import { CroftError } from '../../kernel/errors.ts'
import { eraseProfile } from '../../domain/erasure/profile.ts'
import { listProfiles } from '../../domain/profiles/list.ts'
import { updateProfile } from '../../domain/profiles/update.ts'
import { getProfileView } from '../../domain/profiles/view.ts'
import { readRoute, writeRoute } from '../http/route.ts'
import { id, nullable, object, pageQuery, pageRequest, time } from '../http/shapes.ts'
import { editBody, editExample, editOf, madeBy } from './edit.ts'
import { accountShape, accountStatus, presentAccount, presentUpdated, updatedExample, updatedShape } from './shape.ts'

// Not a uuid by its schema: in this family every text that is not a UUID is 404.
const params = object({ accountId: Type.String({ description: 'The id of the account, a UUID.' }) })

/** This family calls a profile an account. */
async function asAccount<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof CroftError) || error.code !== 'profile_not_found') throw error
    throw new CroftError('account_not_found', 'No account has this id. Check it, and the key: each team sees its own accounts.')
  }
}

/** The profile PATCH page's route, and the accounts that it edits. */
export function accountRoutes(app: FastifyInstance, ctx: Context): void {
  const common = { family: 'accounts', tag: 'Accounts' } as const
  readRoute(app, ctx, {
    ...common,
    url: '/v1/accounts',
    summary: 'List accounts, newest first',
    query: pageQuery({ status: Type.Optional(accountStatus) }),
    response: object({ data: Type.Array(accountShape), hasMore: Type.Boolean(), nextCursor: nullable(Type.String()) }),
    read: async (_, caller, { query }) => {
      const { items, hasMore, nextCursor } = await listProfiles(ctx, caller, pageRequest(query), {
        accountStatus: query.status,
      })
      return { data: items.map((view) => presentAccount(ctx, view)), hasMore, nextCursor }
    },
  })
  readRoute(app, ctx, {
    ...common,
    url: '/v1/accounts/:accountId',
    summary: 'Get an account',
    params,
    response: accountShape,
    read: async (_, caller, input) =>
      presentAccount(ctx, await asAccount(getProfileView(ctx, caller.teamId, input.params.accountId))),
  })
  writeRoute(app, ctx, {
    ...common,
    method: 'DELETE',
    url: '/v1/accounts/:accountId',
    summary: 'Erase an account',
    description: 'Permanent, with its posts and everything that belongs to it: like `DELETE /v1/farm-profiles/{profile_id}`.',
    params,
    response: object({ accountId: id, deleted: Type.Literal(true), deletedAt: time }),
    errors: [409],
    write: (unit, input) => asAccount(eraseProfile(unit, input.params.accountId)),
    present: (_, done) => ({ accountId: done.id, deleted: true as const, deletedAt: done.at.toISOString() }),
  })
  writeRoute(app, ctx, {
    ...common,
    method: 'PATCH',
    url: '/v1/accounts/:accountId/profile',
    summary: 'Edit the profile of an account',
    description:
      'Applied completely or not at all. The stored values change at once; a `profile_edit` task applies them on the platform. ' +
      'A display name that changes too soon is 429 `name_change_restricted` with `nextAllowedAt`.',
    params,
    body: editBody,
    bodyExample: editExample,
    ownFaults: true,
    response: updatedShape,
    example: updatedExample,
    errors: [429, 507],
    made: ({ body }) => madeBy(body),
    write: (unit, { params: { accountId }, body }, faults) => {
      const { changes, form } = editOf(body, faults)
      return asAccount(updateProfile(unit, accountId, changes, form))
    },
    present: (_, updated) => presentUpdated(updated),
  })
}
