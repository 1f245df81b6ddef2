import type { JsonObject } from '../../../lib/json.ts'
import { editFields } from '../../profiles/edit.ts'
import { recordEvent, recordTimeline } from '../../write/record.ts'
import { backoffMs, endTask, mostTries, requeueTask } from '../end.ts'
import { waitFor } from '../hand-over.ts'
import { refusalOf, type Kind } from './kind.ts'

/** Applying stored values on the platform. */
export const edit: Kind<JsonObject> = {
  async begin(tx, task, profile) {
    await recordTimeline(tx, {
      profileId: profile.id,
      kind: 'task',
      taskId: task.id,
      taskKind: 'profile_edit',
      to: 'running',
      reason: 'The edit is applied on the platform.',
    })
    return true
  },
  perform: ({ driver, driverProfile, step, task }) => driver.editProfile(driverProfile, editFields(task.input), step),
  async settle(tx, task, profile, settlement) {
    if ('done' in settlement) return endTask(tx, task, 'done', 'The platform shows the new values.', { result: settlement.done })
    if ('wait' in settlement) return waitFor(tx, task, profile, settlement.wait)
    const { refused: failed, anew } = refusalOf(settlement)
    const failure = { code: failed.code, message: failed.message }
    if (failed.retryable && task.tries + 1 < mostTries)
      return requeueTask(tx, task, new Date(tx.now.getTime() + backoffMs(task.tries)), failure, anew)
    await endTask(tx, task, 'failed', failed.message, { failure })
    await recordEvent(tx, 'profile.edit_failed', {
      profile_id: profile.id,
      task_id: task.id,
      fields: editFields(task.input),
      failure,
    })
  },
}
