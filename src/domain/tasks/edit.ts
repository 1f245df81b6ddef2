import type { Outcome, ProfileField } from '../../drivers/contract.ts'
import type { JsonObject } from '../../lib/json.ts'
import { list } from '../../lib/text.ts'
import { editFields, markApplied, markNotApplied } from '../profiles/edit.ts'
import { isLive } from '../profiles/lifecycle.ts'
import type { ProfileRow } from '../../kernel/rows.ts'
import { recordEvent, recordTimeline } from '../../kernel/record.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import type { ClaimedTask } from '../../engine/tasks/claim.ts'
import { backoffMs, endTask, mostTries, requeueTask } from '../../engine/tasks/end.ts'
import { waitFor } from './hand-over.ts'
import { refusalOf, type Kind, type TaskRun } from '../../engine/tasks/kind.ts'

function applyFields({ driver, driverProfile, step, task }: TaskRun): Promise<Outcome<JsonObject>> {
  const fields = editFields(task.input)
  const cannot = fields.filter((field) => !driver.can.editProfile.includes(field))
  if (cannot.length === 0) return driver.editProfile(driverProfile, fields, step)
  const message = `The driver ${driver.name} cannot change ${list(cannot)}; the owner changes ${cannot.length > 1 ? 'them' : 'it'} in the app.`
  return Promise.resolve({ failed: { code: 'edit_not_supported', message, retryable: false, who: 'owner' } })
}

const notApplied = (fields: readonly ProfileField[]) =>
  fields.map((field) => ({ code: 'not_applied', message: `The stored ${field} is not what the platform shows.` }))

/** Ends the edit; what it was to apply stands marked as not applied, on the task, the timeline and the profile. */
async function giveUp(
  tx: Tx,
  task: ClaimedTask,
  profile: ProfileRow,
  failure: { code: string; message: string },
  refused: boolean,
): Promise<void> {
  const fields = editFields(task.input)
  await endTask(tx, task, 'failed', failure.message, { failure: { ...failure, reasons: notApplied(fields) } })
  await markNotApplied(tx, profile, fields, refused)
  await recordTimeline(tx, {
    profileId: profile.id,
    kind: 'edit',
    taskId: task.id,
    taskKind: 'profile_edit',
    from: 'stored',
    to: 'not_applied',
    reason: `The stored ${list(fields)} ${fields.length > 1 ? 'are' : 'is'} not what the platform shows: ${failure.message}`,
  })
  await recordEvent(tx, 'profile.edit_failed', { profile_id: profile.id, task_id: task.id, fields, failure: { ...failure } })
}

/** Applying stored values on the platform. */
export const edit: Kind<JsonObject> = {
  runsIn: isLive,
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
  perform: applyFields,
  async settle(tx, task, profile, settlement) {
    if ('done' in settlement) {
      await endTask(tx, task, 'done', 'The platform shows the new values.', { result: settlement.done })
      return markApplied(tx, profile, editFields(task.input))
    }
    if ('wait' in settlement) return waitFor(tx, task, profile, settlement.wait)
    const { refused: failed, anew } = refusalOf(settlement)
    const failure = { code: failed.code, message: failed.message }
    if (failed.retryable && task.tries + 1 < mostTries)
      return requeueTask(tx, task, new Date(tx.now.getTime() + backoffMs(task.tries)), failure, anew)
    await giveUp(tx, task, profile, failure, 'failed' in settlement)
  },
}
