import { OutcomeUnknown, type DriverProfile } from '../../drivers/contract.ts'
import type { Context } from '../../kernel/context.ts'
import { mediaUrl } from '../profiles/view.ts'
import type { ProfileRow } from '../../kernel/rows.ts'
import { extendLease, type ClaimedTask } from '../../engine/tasks/claim.ts'
import { backoffMs, mostTries } from '../../engine/tasks/end.ts'
import type { Settlement, Work } from '../../engine/tasks/kind.ts'
import { driverPost } from './publish.ts'
import { ClaimLost, forgetUnfinishedSteps, hasAsked, recallOf, stepsOf } from '../../engine/tasks/steps.ts'

async function driverProfile(ctx: Context, profile: ProfileRow): Promise<DriverProfile> {
  const picture =
    profile.picture_id &&
    (await ctx.db
      .selectFrom('media')
      .select('token')
      .where('team_id', '=', profile.team_id)
      .where('id', '=', profile.picture_id)
      .executeTakeFirst())
  const phone =
    profile.phone_id &&
    (await ctx.db
      .selectFrom('phones')
      .select('name')
      .where('team_id', '=', profile.team_id)
      .where('id', '=', profile.phone_id)
      .executeTakeFirst())
  return {
    teamId: profile.team_id,
    id: profile.id,
    platform: profile.platform,
    username: profile.username,
    displayName: profile.display_name,
    bio: profile.bio,
    pictureUrl: picture ? mediaUrl(ctx, picture.token) : null,
    phoneName: phone ? phone.name : null,
  }
}

/**
 * Holds the claim while work goes on. `holds` is true only while so much of the lease is surely left that one call
 * of a driver, begun now, ends before another worker can take the task over.
 */
function holdLease(ctx: Context, task: ClaimedTask): { holds: () => boolean; stop: () => void } {
  let heldSince = task.claimedAt
  const timer = setInterval(() => {
    const asked = performance.now()
    extendLease({ ctx }, task).then(
      (held) => {
        heldSince = held ? asked : -Infinity
      },
      (error: unknown) => ctx.log.warn({ err: error, task_id: task.id }, 'a lease could not be extended'),
    )
  }, ctx.lease.ms / 6)
  return { holds: () => performance.now() - heldSince < ctx.lease.ms / 3, stop: () => clearInterval(timer) }
}

const lost = (message: string): Settlement<unknown> => ({
  interrupted: { code: 'answer_lost', message, retryable: true, who: 'platform' },
})

/** Asks again later, and after enough tries leaves the decision to a person. */
function askLater({ ctx, task }: Pick<Work, 'ctx' | 'task'>): Settlement<unknown> {
  if (task.tries >= mostTries)
    return { unknown: 'The platform did not say whether the post went out. Look on the profile, then resolve the post.' }
  task.tries += 1
  return { wait: { until: new Date(ctx.clock.now().getTime() + backoffMs(task.tries)) } }
}

/** Finds out whether a publish whose answer was lost went out. */
async function reconcile(work: Work): Promise<Settlement<unknown>> {
  const { ctx, task, driver } = work
  if (task.kind !== 'publish') {
    await forgetUnfinishedSteps(ctx, task)
    return lost('No answer came.')
  }
  try {
    const found = await driver.reconcile(work.driverProfile, await driverPost(work), work.recall)
    if (found.is === 'published') return { done: found.done }
    if (found.is === 'unknown')
      return { unknown: 'The platform cannot say whether the post went out. Look on the profile, then resolve the post.' }
    await forgetUnfinishedSteps(ctx, task)
    return lost('No answer came, and the platform says that nothing went out.')
  } catch (error) {
    ctx.log.warn({ err: error, task_id: task.id }, 'asking the platform about a lost answer failed')
    return askLater(work)
  }
}

/** Carries a claimed task out, in no transaction. @throws ClaimLost where another worker has taken it */
export async function perform(
  ctx: Context,
  task: ClaimedTask,
  profile: ProfileRow,
  run: (work: Work) => Promise<Settlement<unknown>>,
): Promise<Settlement<unknown>> {
  const driver = ctx.drivers.get(profile.driver)
  const why = driver ? driver.unavailable() : 'it is not configured on this server'
  if (!driver || why !== null) {
    if (await hasAsked(ctx, task)) return askLater({ ctx, task })
    const message = `The driver ${profile.driver} cannot take work: ${why ?? ''}.`
    return { interrupted: { code: 'driver_unavailable', message, retryable: true, who: 'croft' } }
  }
  const lease = holdLease(ctx, task)
  const [step, recall] = [stepsOf(ctx, task, lease.holds), recallOf(ctx, task)]
  try {
    const work: Work = { ctx, task, profile, driver, driverProfile: await driverProfile(ctx, profile), step, recall }
    try {
      return await run(work)
    } catch (error) {
      if (error instanceof ClaimLost) throw error
      if (error instanceof OutcomeUnknown || (await hasAsked(ctx, task))) return await reconcile(work)
      ctx.log.error({ err: error, task_id: task.id, kind: task.kind }, 'a driver failed')
      const message = 'The driver met a fault of its own; the server log has it.'
      return { interrupted: { code: 'driver_error', message, retryable: true, who: 'croft' } }
    }
  } finally {
    lease.stop()
  }
}
