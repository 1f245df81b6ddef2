import { Type } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import { CroftError } from '../../kernel/errors.ts'
import { eraseProfile } from '../../domain/erasure/profile.ts'
import { listProfiles } from '../../domain/profiles/list.ts'
import { updateProfile } from '../../domain/profiles/update.ts'
import { getProfileDetails } from '../../domain/profiles/details.ts'
import type { App } from '../http/app.ts'
import { id, nullable, object, pageQuery, pageRequest, time, withExample } from '../http/shapes.ts'
import { editBody, editExample, editOf, madeBy } from './edit.ts'
import { accountShape, accountStatus, presentAccount, presentUpdated, updatedExample, updatedShape } from './shape.ts'

const tags = ['Accounts']
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
export function accountRoutes(app: App, ctx: Context): void {
  app.get(
    '/v1/accounts',
    {
      schema: {
        summary: 'List accounts, newest first',
        tags,
        querystring: pageQuery({ status: Type.Optional(accountStatus) }),
        response: {
          200: object({ data: Type.Array(accountShape), hasMore: Type.Boolean(), nextCursor: nullable(Type.String()) }),
        },
      },
    },
    async ({ caller, query }) => {
      const filter = { accountStatus: query.status }
      const { items, hasMore, nextCursor } = await listProfiles(ctx, caller, pageRequest(query), filter)
      return { data: items.map((details) => presentAccount(ctx, details)), hasMore, nextCursor }
    },
  )
  app.get(
    '/v1/accounts/:accountId',
    { schema: { summary: 'Get an account', tags, params, response: { 200: accountShape } } },
    async ({ caller, params }) => presentAccount(ctx, await asAccount(getProfileDetails(ctx, caller.teamId, params.accountId))),
  )
  app.delete(
    '/v1/accounts/:accountId',
    {
      schema: {
        summary: 'Erase an account',
        description: 'Permanent, with its posts and everything that belongs to it: like `DELETE /v1/farm-profiles/{profile_id}`.',
        tags,
        params,
        response: { 200: object({ accountId: id, deleted: Type.Literal(true), deletedAt: time }) },
      },
      config: { errors: [409] },
    },
    ({ params }, reply) =>
      reply.carryOut(
        (unit) => asAccount(eraseProfile(unit, params.accountId)),
        (done) => ({ accountId: done.id, deleted: true as const, deletedAt: done.at.toISOString() }),
      ),
  )
  app.patch(
    '/v1/accounts/:accountId/profile',
    {
      attachValidation: true,
      schema: {
        summary: 'Edit the profile of an account',
        description:
          'Applied completely or not at all. The stored values change at once; a `profile_edit` task applies them on the platform. ' +
          'A display name that changes too soon is 429 `name_change_restricted` with `nextAllowedAt`.',
        tags,
        params,
        body: withExample(editBody, editExample),
        response: { 200: withExample(updatedShape, updatedExample) },
      },
      config: { errors: [429, 507] },
    },
    ({ params, body, faults }, reply) =>
      reply.carryOut(
        (unit) => {
          const { changes, form } = editOf(body, faults)
          return asAccount(updateProfile(unit, params.accountId, changes, form))
        },
        presentUpdated,
        { hides: madeBy(body) },
      ),
  )
}
