import type { TaskKind } from '../../db/schema.ts'
import { recordTimeline } from '../../kernel/record.ts'
import { abandonRun, startByPerson } from '../warmup/by-person.ts'
import type { WorkHandler } from '../../people/contract.ts'
import { resultOf } from './results.ts'
import { settleTask } from './settle.ts'

/** Codes of a failure with a special meaning. */
const tryAgain = 'try_again'
const outcomeUnknown = 'outcome_unknown'

const silent =
  'The manager who had started to publish it did not report what became of it. Check on the profile, then resolve the post.'

const abandoned = 'The run does not count: the manager who had started it did not finish it.'

/** Work of the `operator` driver: a task of that kind waits for it. */
export const operatorWork = (kind: TaskKind): WorkHandler => ({
  claimed: () => Promise.resolve(),
  async started(tx, item) {
    if (item.profile_id === null || item.task_id === null) throw new Error('an operator’s work is a task of a profile')
    if (kind === 'warmup') await startByPerson(tx, { id: item.task_id, profile_id: item.profile_id })
    await recordTimeline(tx, {
      profileId: item.profile_id,
      kind: 'task',
      taskId: item.task_id,
      taskKind: kind,
      to: kind === 'publish' ? 'waiting_for_operator' : 'waiting',
      reason: 'A manager started.',
    })
  },
  async submitted(tx, item, submission) {
    await settleTask(tx, item, { done: await resultOf(tx, kind, item, submission) })
    return 'done'
  },
  async failed(tx, item, { code, message }) {
    await settleTask(
      tx,
      item,
      kind === 'publish' && code === outcomeUnknown
        ? { unknown: message }
        : { failed: { code, message, retryable: code === tryAgain, who: 'operator' } },
    )
    return 'done'
  },
  async lapsed(tx, item, wasStarted) {
    if (kind === 'warmup' && wasStarted && item.profile_id !== null && item.task_id !== null)
      await abandonRun(tx, { id: item.task_id, profile_id: item.profile_id }, abandoned)
    if (kind !== 'publish' || !wasStarted) return 'open'
    await settleTask(tx, item, { unknown: silent })
    return 'done'
  },
})
