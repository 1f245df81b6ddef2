import { managerOf } from './manager.ts'
import { invalid } from '../kernel/errors.ts'
import type { UnitOfWork, Tx } from '../kernel/unit-of-work.ts'
import { changeItem, isHandedInBy, queued, released, requireHeld } from './change.ts'
import { handlerOf, type CouldNot, type Submission } from './contract.ts'
import { getWorkItem, lockWork } from './lock.ts'
import { renewClaim, begin } from './claim.ts'
import { loadItemDetails, type WorkDetails } from './details.ts'

async function requireScreenshot(tx: Tx, mediaId: string | null): Promise<void> {
  if (mediaId === null) return
  const found = await tx.trx
    .selectFrom('media')
    .select('id')
    .where('team_id', '=', tx.caller.teamId)
    .where('id', '=', mediaId)
    .where('kind', '=', 'picture')
    .executeTakeFirst()
  if (!found)
    throw invalid([
      {
        path: 'screenshot_media_id',
        message: 'is not a screenshot of this team; use the media_id that POST …/screenshot returned',
      },
    ])
}

const stored = (submission: Submission): string =>
  JSON.stringify({
    values: submission.values,
    post_url: submission.postUrl,
    note: submission.note,
    screenshot_media_id: submission.screenshotMediaId,
  })

/**
 * Submits work. If it was claimed and not started, this also starts it. The same manager may submit again, in full,
 * until it is reviewed.
 * @throws CroftError `work_not_found`, `invalid_state` if the manager does not hold it any more, `validation_error`
 */
export async function submitWork(unit: UnitOfWork, id: string, submission: Submission): Promise<WorkDetails> {
  const manager = managerOf(unit.caller)
  await renewClaim(unit.ctx, unit.ctx.db, await getWorkItem(unit.ctx.db, manager, id), manager)
  return unit.commit(async (tx) => {
    const held = await lockWork(tx, manager, id)
    if (!isHandedInBy(held, manager.id)) requireHeld(held, manager.id)
    await requireScreenshot(tx, submission.screenshotMediaId)
    const item = held.status === 'claimed' ? await begin(tx, held, manager) : held
    const status = await handlerOf(tx, item.kind).submitted(tx, item, submission)
    return loadItemDetails(
      tx.trx,
      await changeItem(tx, item, 'submit', { status, claimed_until: null, submission: stored(submission) }),
    )
  })
}

/**
 * Reports that work could not be done. @throws CroftError `work_not_found`, `invalid_state` if the manager does not
 * hold it any more
 */
export async function failWork(unit: UnitOfWork, id: string, why: CouldNot): Promise<WorkDetails> {
  const manager = managerOf(unit.caller)
  await renewClaim(unit.ctx, unit.ctx.db, await getWorkItem(unit.ctx.db, manager, id), manager)
  return unit.commit(async (tx) => {
    const item = await lockWork(tx, manager, id)
    requireHeld(item, manager.id)
    const next = await handlerOf(tx, item.kind).failed(tx, item, why)
    const submission = JSON.stringify({ failure: { code: why.code, message: why.message } })
    const set = next === 'open' ? { status: queued(item), ...released } : { status: next, claimed_until: null }
    return loadItemDetails(tx.trx, await changeItem(tx, item, 'fail', { ...set, submission }))
  })
}
