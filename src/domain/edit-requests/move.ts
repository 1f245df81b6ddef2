import type { Updateable } from 'kysely'
import type { Tables } from '../../db/schema.ts'
import type { JsonObject } from '../../lib/json.ts'
import { CroftError } from '../../kernel/errors.ts'
import type { EventType } from '../../kernel/event-types.ts'
import type { EditRequestRow } from '../../kernel/rows.ts'
import { recordAudit, recordEvent } from '../../kernel/record.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import { nextEditRequestStatus, type EditRequestEvent } from './lifecycle.ts'

const eventTypeOf: Record<EditRequestEvent, EventType> = {
  started: 'edit_request.started',
  handed_in: 'edit_request.in_review',
  amended: 'edit_request.in_review',
  changes_requested: 'edit_request.changes_requested',
  finalized: 'edit_request.finalized',
  given_back: 'edit_request.failed',
  canceled: 'edit_request.canceled',
  account_closed: 'edit_request.canceled',
}

/** The data of an edit request's events. */
export const requestFacts = (request: EditRequestRow): JsonObject => ({
  edit_request_id: request.id,
  account_id: request.profile_id,
  status: request.status,
  feedback: request.feedback,
})

/**
 * Moves an edit request along its lifecycle by a conditional update, with its event and its audit row.
 * @throws CroftError `invalid_status` if the move is not allowed, or another change came first
 */
export async function moveRequest(
  tx: Tx,
  request: EditRequestRow,
  event: EditRequestEvent,
  set: Updateable<Tables['edit_requests']> = {},
  more: JsonObject = {},
): Promise<EditRequestRow> {
  const to = nextEditRequestStatus(request.status, event)
  const moved =
    to &&
    (await tx.trx
      .updateTable('edit_requests')
      .set({ ...set, status: to, updated_at: tx.now })
      .where('team_id', '=', request.team_id)
      .where('id', '=', request.id)
      .where('status', '=', request.status)
      .returningAll()
      .executeTakeFirst())
  if (!moved)
    throw new CroftError('invalid_status', `The edit request is ${request.status}. This is not possible now.`, {
      status: request.status,
    })
  await recordEvent(tx, eventTypeOf[event], { ...requestFacts(moved), ...more })
  await recordAudit(
    tx,
    `edit_request.${event}`,
    `edit_request:${request.id}`,
    { status: request.status },
    { status: moved.status },
  )
  return moved
}
