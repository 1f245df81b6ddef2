import type { EditRequestRow } from '../rows.ts'
import type { WorkHandler, WorkRow } from '../work/contract.ts'
import type { Tx } from '../write/scope.ts'
import { holdRequest } from './find.ts'
import { moveRequest } from './move.ts'

async function heldBy(tx: Tx, item: WorkRow): Promise<EditRequestRow> {
  const request = item.edit_request_id === null ? undefined : await holdRequest(tx, item.edit_request_id)
  if (!request) throw new Error('the work of an edit request belongs to one')
  return request
}

/** Carrying an edit request out. */
export const editRequestWork: WorkHandler = {
  claimed: () => Promise.resolve(),
  async started(tx, item) {
    const request = await heldBy(tx, item)
    if (request.status === 'pending') await moveRequest(tx, request, 'started')
  },
  async submitted(tx, item, submission) {
    await moveRequest(
      tx,
      await heldBy(tx, item),
      'handed_in',
      { in_review_at: tx.now },
      {
        submission: {
          values: submission.values,
          note: submission.note,
          screenshot_media_id: submission.screenshotMediaId,
        },
      },
    )
    return 'submitted'
  },
  async failed(tx, item, why) {
    const request = await heldBy(tx, item)
    if (request.status === 'in_progress')
      await moveRequest(tx, request, 'given_back', { feedback: why.message }, { code: why.code })
    return 'open'
  },
  lapsed: () => Promise.resolve('open'),
}
