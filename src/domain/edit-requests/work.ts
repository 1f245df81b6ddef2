import { requireReport } from '../bundles/reported.ts'
import { getProfile } from '../profiles/get.ts'
import type { EditRequestRow } from '../../kernel/rows.ts'
import type { WorkHandler, WorkItem } from '../../people/contract.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import { lockRequestRow } from './get.ts'
import { moveRequest } from './move.ts'

async function lockRequestOf(tx: Tx, item: WorkItem): Promise<EditRequestRow> {
  const request = item.edit_request_id === null ? undefined : await lockRequestRow(tx, item.edit_request_id)
  if (!request) throw new Error('the work of an edit request belongs to one')
  return request
}

/** The work of an edit request. */
export const editRequestWork: WorkHandler = {
  claimed: () => Promise.resolve(),
  async started(tx, item) {
    const request = await lockRequestOf(tx, item)
    if (request.status === 'pending') await moveRequest(tx, request, 'started')
  },
  async submitted(tx, item, submission) {
    const request = await lockRequestOf(tx, item)
    const { platform } = await getProfile(tx.trx, request.team_id, request.profile_id)
    requireReport(tx.ctx, platform, submission)
    const stored = {
      values: submission.values,
      note: submission.note,
      screenshot_media_id: submission.screenshotMediaId,
      submitted_at: tx.now.toISOString(),
    }
    const event = request.status === 'in_review' ? 'amended' : 'handed_in'
    const set = { submission: JSON.stringify(stored), in_review_at: tx.now }
    await moveRequest(tx, request, event, set, { submission: stored })
    return 'submitted'
  },
  async failed(tx, item, why) {
    const request = await lockRequestOf(tx, item)
    if (request.status === 'in_progress')
      await moveRequest(tx, request, 'given_back', { feedback: why.message }, { code: why.code })
    return 'open'
  },
  lapsed: () => Promise.resolve('open'),
}
