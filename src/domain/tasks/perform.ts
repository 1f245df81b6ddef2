import { OutcomeUnknown } from '../../drivers/contract.ts'
import type { Leases } from '../../engine/leases.ts'
import type { ClaimedTask } from '../../engine/tasks/claim.ts'
import { backoffMs, mostTries } from '../../engine/tasks/end.ts'
import type { Settlement, TaskRun } from '../../engine/tasks/kind.ts'
import { ClaimLost, forgetUnfinishedSteps, hasAsked, recallOf, stepsOf, type StepStore } from '../../engine/tasks/steps.ts'
import type { Context } from '../../kernel/context.ts'
import { kindOf } from './kinds.ts'
import type { TaskWork } from './load.ts'
import { requirePost } from './publish.ts'

const lost = (message: string): Settlement<unknown> => ({
  interrupted: { code: 'answer_lost', message, retryable: true, who: 'platform' },
})

/** Asks again later, and after enough tries leaves the decision to a person. */
function askLater({ ctx, task }: Pick<TaskRun, 'ctx' | 'task'>): Settlement<unknown> {
  if (task.tries >= mostTries)
    return { unknown: 'The platform did not say whether the post went out. Look on the profile, then resolve the post.' }
  task.tries += 1
  return { wait: { until: new Date(ctx.clock.now().getTime() + backoffMs(task.tries)) } }
}

/** Finds out whether a publish whose answer was lost went out. */
async function reconcile(run: TaskRun): Promise<Settlement<unknown>> {
  const { ctx, task, driver } = run
  if (task.kind !== 'publish') {
    await forgetUnfinishedSteps(ctx, task)
    return lost('No answer came.')
  }
  try {
    const found = await driver.reconcile(run.driverProfile, requirePost(run.post), run.recall)
    if (found.is === 'published') return { done: found.done }
    if (found.is === 'unknown')
      return { unknown: 'The platform cannot say whether the post went out. Look on the profile, then resolve the post.' }
    await forgetUnfinishedSteps(ctx, task)
    return lost('No answer came, and the platform says that nothing went out.')
  } catch (error) {
    ctx.log.warn({ err: error, task_id: task.id }, 'asking the platform about a lost answer failed')
    return askLater(run)
  }
}

/** What a worker has in its process for carrying tasks out. */
export interface Engine {
  steps: StepStore
  leases: Leases<ClaimedTask>
}

/**
 * Carries a claimed task out, in no transaction.
 * @param stopping no further step begins once it is aborted
 * @throws ClaimLost if another worker has claimed it meanwhile, or the process stops
 */
export async function perform(ctx: Context, engine: Engine, work: TaskWork, stopping: AbortSignal): Promise<Settlement<unknown>> {
  const { task, profile } = work
  const driver = ctx.drivers.get(profile.driver)
  const why = driver ? driver.unavailable() : 'it is not configured on this server'
  if (!driver || why !== null) {
    if (await hasAsked(ctx, task)) return askLater({ ctx, task })
    const message = `The driver ${profile.driver} cannot take work: ${why ?? ''}.`
    return { interrupted: { code: 'driver_unavailable', message, retryable: true, who: 'croft' } }
  }
  const lease = engine.leases.hold(task, stopping, task.claimedAt)
  // So much of it must surely be left that one call of a driver, begun now, ends before another worker can claim the task.
  const holds = () => !lease.signal.aborted && performance.now() - lease.since() < ctx.lease.ms / 3
  const [step, recall] = [stepsOf(ctx, engine.steps, task, holds), recallOf(ctx, task)]
  const run: TaskRun = { ctx, ...work, driver, step, recall }
  try {
    return await kindOf(task).perform(run)
  } catch (error) {
    if (error instanceof ClaimLost) throw error
    if (error instanceof OutcomeUnknown || (await hasAsked(ctx, task))) return await reconcile(run)
    ctx.log.error({ err: error, task_id: task.id, kind: task.kind }, 'a driver failed')
    const message = 'The driver met a fault of its own; the server log has it.'
    return { interrupted: { code: 'driver_error', message, retryable: true, who: 'croft' } }
  } finally {
    lease.end()
  }
}
