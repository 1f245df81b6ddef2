import { Type, type Static } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import { approveEditRequest } from '../../domain/edit-requests/approve.ts'
import { cancelEditRequest } from '../../domain/edit-requests/cancel.ts'
import { createEditRequest } from '../../domain/edit-requests/create.ts'
import { listEditRequests } from '../../domain/edit-requests/get.ts'
import { requestChanges } from '../../domain/edit-requests/request-changes.ts'
import type { EditRequestRow } from '../../kernel/rows.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import type { App } from '../http/app.ts'
import { id, iso, nullable, object, oneOf, time, withExample } from '../http/shapes.ts'
import { dataOf, paidOf, textsOf, wouldCharge } from './shapes.ts'

// Not uuids by their schema: an invalid id is 404 in this family.
const params = object({ id: Type.String() })
const requestParams = object({ id: Type.String(), request_id: Type.String() })
const status = oneOf('pending', 'in_progress', 'in_review', 'finalized', 'canceled')

// The values are checked in the verb, which first checks whose account it is.
const newRequest = object({
  requested_username: Type.String({ description: '1 to 24 letters, digits, periods and underscores.' }),
  requested_visible_name: Type.String({ description: '1 to 30 characters.' }),
  requested_biography: Type.Optional(
    nullable(Type.String({ description: 'At most 80 characters. Omitted or null: unchanged.' })),
  ),
  requested_profile_picture_url: Type.Optional(nullable(Type.String({ description: 'https; downloaded during the request.' }))),
  requested_link_in_bio: Type.Optional(nullable(Type.String({ description: 'Instagram alone.' }))),
})

const requested = {
  requested_username: Type.String(),
  requested_visible_name: Type.String(),
  requested_biography: nullable(Type.String()),
  requested_profile_picture_url: nullable(Type.String()),
  requested_link_in_bio: nullable(Type.String()),
}
const createdShape = object({ edit_request_id: id, account_id: id, status, ...requested, created_at: time })
const rowShape = object({
  id,
  status,
  ...requested,
  submission: Type.Optional(
    object({
      values: nullable(Type.Object({}, { additionalProperties: true, description: 'What was set differently, by name.' })),
      note: nullable(Type.String()),
      screenshot_media_id: nullable(id),
      submitted_at: time,
    }),
  ),
  feedback: nullable(Type.String()),
  credits_cost: Type.Integer(),
  created_at: time,
  updated_at: time,
  finalized_at: nullable(time),
})

const presentRequested = (row: EditRequestRow) => ({
  requested_username: row.requested_username,
  requested_visible_name: row.requested_visible_name,
  requested_biography: row.requested_biography,
  requested_profile_picture_url: row.requested_profile_picture_url,
  requested_link_in_bio: row.requested_link_in_bio,
})

const presentEditRequest = (row: EditRequestRow): Static<typeof rowShape> => ({
  id: row.id,
  status: row.status,
  ...presentRequested(row),
  // Only if it exists: a pending request reads as on its page.
  ...(row.submission === null ? {} : { submission: row.submission }),
  feedback: row.feedback,
  credits_cost: row.credits_cost,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
  finalized_at: iso(row.finalized_at),
})

const requestedExample = {
  requested_username: 'new_username',
  requested_visible_name: 'New Display Name',
  requested_biography: 'Updated bio text',
  requested_profile_picture_url: 'https://example.com/new-photo.jpg',
  requested_link_in_bio: null,
}
const example = {
  data: {
    edit_request_id: '0193a1b2-6f5a-7b12-8c3d-4e5f6a7b8c9d',
    account_id: '0193a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
    status: 'pending',
    ...requestedExample,
    created_at: '2026-02-25T12:00:00.000Z',
  },
  credits_charged: 8,
  credits_remaining: 42,
}

const tags = ['Edit requests']

/** The Account Edit Request page's routes, and the team's review of what the manager submits. */
export function editRequestRoutes(app: App, ctx: Context): void {
  app.post(
    '/api/ext/accounts/:id/edit-request',
    {
      attachValidation: true,
      schema: {
        summary: 'Order a change to a delivered account’s profile',
        description: 'Costs 8 credits. The manager of the account’s order carries it out, and the team reviews it.',
        tags,
        params,
        body: withExample(newRequest, requestedExample),
        response: { 201: withExample(paidOf(createdShape), example) },
      },
      config: { errors: [402], dryRun: { hides: ['edit_request_id'] } },
    },
    ({ params, body, faults }, reply) =>
      reply.carryOut(
        (unit) => {
          const text = textsOf(body, faults)
          const given = {
            username: text('requested_username') ?? null,
            visibleName: text('requested_visible_name') ?? null,
            biography: text('requested_biography') ?? null,
            pictureUrl: text('requested_profile_picture_url') ?? null,
            linkInBio: text('requested_link_in_bio') ?? null,
          }
          return createEditRequest(unit, params.id, given, faults)
        },
        ({ request, creditsCharged, creditsRemaining }) => ({
          data: {
            edit_request_id: request.id,
            account_id: request.profile_id,
            status: request.status,
            ...presentRequested(request),
            created_at: request.created_at.toISOString(),
          },
          credits_charged: creditsCharged,
          credits_remaining: creditsRemaining,
        }),
        { dry: wouldCharge },
      ),
  )
  app.get(
    '/api/ext/accounts/:id/edit-request',
    {
      schema: {
        summary: 'List an account’s edit requests, newest first',
        tags,
        params,
        response: { 200: object({ data: Type.Array(rowShape) }) },
      },
    },
    async ({ caller, params }) => ({ data: (await listEditRequests(ctx, caller, params.id)).map(presentEditRequest) }),
  )
  requestActions(app)
}

const actions: {
  name: string
  summary: string
  verb: (unit: UnitOfWork, id: string, requestId: string) => Promise<EditRequestRow>
}[] = [
  {
    name: 'approve',
    summary: 'Accept what the manager submitted',
    verb: (unit, id, request) => approveEditRequest(unit, id, request),
  },
  { name: 'cancel', summary: 'Cancel an edit request before its manager has started', verb: cancelEditRequest },
]

const presentAnswer = (row: EditRequestRow) => ({ data: presentEditRequest(row) })

function requestActions(app: App): void {
  const common = { tags, params: requestParams, response: { 200: dataOf(rowShape) } }
  for (const { name, summary, verb } of actions) {
    app.post(`/api/ext/accounts/:id/edit-request/:request_id/${name}`, { schema: { ...common, summary } }, ({ params }, reply) =>
      reply.carryOut((unit) => verb(unit, params.id, params.request_id), presentAnswer),
    )
  }
  app.post(
    '/api/ext/accounts/:id/edit-request/:request_id/request-changes',
    {
      attachValidation: true,
      schema: {
        ...common,
        summary: 'Return a submission to the manager with feedback',
        body: object({ feedback: Type.String({ minLength: 1, maxLength: 2_000 }) }),
      },
    },
    ({ params: { id: account, request_id }, body, faults }, reply) =>
      reply.carryOut(
        (unit) => requestChanges(unit, account, request_id, textsOf(body, faults)('feedback') ?? '', faults),
        presentAnswer,
      ),
  )
}
