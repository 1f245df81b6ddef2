import { OutcomeUnknown, type DriverProfile } from '../../drivers/contract.ts'
import type { Context } from '../context.ts'
import { mediaUrl } from '../profiles/view.ts'
import type { ProfileRow } from '../rows.ts'
import { extendLease, type ClaimedTask } from './claim.ts'
import { backoffMs, mostTries } from './end.ts'
import type { Settlement, Work } from './kinds/kind.ts'
import { driverPost } from './kinds/publish.ts'
import { ClaimLost, forgetUnfinishedSteps, recallOf, stepsOf } from './steps.ts'

async function driverProfile(ctx: Context, profile: ProfileRow): Promise<DriverProfile> {
  const picture =
    profile.picture_id &&
    (await ctx.db
      .selectFrom('media')
      .select('token')
      .where('team_id', '=', profile.team_id)
      .where('id', '=', profile.picture_id)
      .executeTakeFirst())
  return {
    teamId: profile.team_id,
    id: profile.id,
    platform: profile.platform,
    username: profile.username,
    displayName: profile.username,
    bio: profile.bio,
    pictureUrl: picture ? mediaUrl(ctx, picture.token) : null,
  }
}

/** Holds the claim while work goes on. `holds` is false once the lease may have run out by this process's own clock. */
function holdLease(ctx: Context, task: ClaimedTask): { holds: () => boolean; stop: () => void } {
  let heldSince = performance.now()
  const timer = setInterval(() => {
    const asked = performance.now()
    extendLease({ ctx }, task).then(
      (held) => {
        heldSince = held ? asked : -Infinity
      },
      (error: unknown) => ctx.log.warn({ err: error, task_id: task.id }, 'a lease could not be extended'),
    )
  }, ctx.lease.ms / 3)
  return { holds: () => performance.now() - heldSince < ctx.lease.ms * 0.8, stop: () => clearInterval(timer) }
}

/** Finds out whether a publish whose answer was lost went out. */
async function reconcile(work: Work): Promise<Settlement<unknown>> {
  const { ctx, task, driver } = work
  if (task.kind !== 'publish') {
    await forgetUnfinishedSteps(ctx, task)
    return { failed: { code: 'answer_lost', message: 'No answer came.', retryable: true, who: 'platform' } }
  }
  try {
    const found = await driver.reconcile(work.driverProfile, await driverPost(work), work.recall)
    if (found.is === 'published') return { done: found.done }
    if (found.is === 'unknown')
      return { unknown: 'The platform cannot say whether the post went out. Look on the profile, then resolve the post.' }
    await forgetUnfinishedSteps(ctx, task)
    return {
      failed: {
        code: 'answer_lost',
        message: 'No answer came, and the platform says that nothing went out.',
        retryable: true,
        who: 'platform',
      },
    }
  } catch (error) {
    ctx.log.warn({ err: error, task_id: task.id }, 'asking the platform about a lost answer failed')
    if (task.tries >= mostTries)
      return {
        unknown: 'The platform did not answer when asked whether the post went out. Look on the profile, then resolve the post.',
      }
    task.tries += 1
    return { wait: { until: new Date(ctx.clock.now().getTime() + backoffMs(task.tries)) } }
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
  if (!driver || why !== null)
    return {
      failed: {
        code: 'driver_unavailable',
        message: `The driver ${profile.driver} cannot take work: ${why ?? ''}.`,
        retryable: true,
        who: 'croft',
      },
    }
  const lease = holdLease(ctx, task)
  const work: Work = {
    ctx,
    task,
    profile,
    driver,
    driverProfile: await driverProfile(ctx, profile),
    step: stepsOf(ctx, task, lease.holds),
    recall: recallOf(ctx, task),
  }
  try {
    return await run(work)
  } catch (error) {
    if (error instanceof ClaimLost) throw error
    if (error instanceof OutcomeUnknown) return await reconcile(work)
    ctx.log.error({ err: error, task_id: task.id, kind: task.kind }, 'a driver failed')
    return {
      failed: {
        code: 'driver_error',
        message: 'The driver met a fault of its own; the server log has it.',
        retryable: true,
        who: 'croft',
      },
    }
  } finally {
    lease.stop()
  }
}
