import { newId } from '../../lib/ids.ts'
import { pictureLinks } from '../bundles/open-work.ts'
import { accountProblems, accountRefusal, shapeCode, type AccountNames, type AccountValues } from '../bundles/values.ts'
import { usernameTaken } from '../bundles/username-taken.ts'
import type { Paid } from '../bundles/create.ts'
import { creditCosts } from '../credits/costs.ts'
import { debitCredits } from '../credits/ledger.ts'
import { CroftError, type Detail } from '../../kernel/errors.ts'
import { fetchPicture, keepPicture, type FetchedPicture } from '../media/picture.ts'
import { activeOrder } from '../orders/order.ts'
import { lockProfile } from '../profiles/get.ts'
import { isClosed } from '../profiles/lifecycle.ts'
import { requireNameChange } from '../profiles/name-change.ts'
import type { EditRequestRow, ProfileRow } from '../../kernel/rows.ts'
import { openWork } from '../../people/queue.ts'
import { recordAudit, recordEvent } from '../../kernel/record.ts'
import type { UnitOfWork, Tx } from '../../kernel/unit-of-work.ts'
import { requireSavedAccount } from './get.ts'
import { openStatuses } from './lifecycle.ts'
import { requestFacts } from './move.ts'
import { isTaken } from './taken.ts'

/** The names of the Account Edit Request page. */
const names: AccountNames = {
  username: 'requested_username',
  visibleName: 'requested_visible_name',
  biography: 'requested_biography',
  pictureUrl: 'requested_profile_picture_url',
  linkInBio: 'requested_link_in_bio',
}

/** The deadline of the manager's work. */
const workMs = 3 * 86_400_000

/** Any failure to download the picture is an invalid URL here; `reason` has the specific code. */
async function bringPicture(unit: UnitOfWork, url: string | null): Promise<FetchedPicture | null> {
  if (url === null) return null
  try {
    return await fetchPicture(unit.ctx, unit.caller.teamId, url)
  } catch (error) {
    if (!(error instanceof CroftError) || error.code === 'storage_full') throw error
    throw new CroftError('invalid_url', error.message, {
      details: [{ path: names.pictureUrl, message: error.message }],
      reason: error.code,
    })
  }
}

/** Finds the manager. @throws CroftError in the order of checks of the Account Edit Request page */
async function requireOrder(tx: Tx, account: ProfileRow): Promise<string> {
  const order = isClosed(account.status) ? null : await activeOrder(tx, account.id)
  if (!order)
    throw new CroftError(
      'EDIT_REQUEST_NO_ACTIVE_ORDER',
      'No manager looks after this account: it has no active order. Edit it over PATCH /v1/accounts/{accountId}/profile.',
    )
  if (!order.managerActive)
    throw new CroftError('EDIT_REQUEST_NO_CM', 'The manager who looked after this account is deactivated, and has no successor.')
  return order.managerId
}

/** A person makes the change, so the warm-up does not matter here; the platform's cooldown between two changes does. */
function requireNameFree(account: ProfileRow, name: string, now: Date): void {
  if (name !== account.display_name) requireNameChange({ ...account, ready_at: account.ready_at ?? now }, now)
}

async function requireNoOther(tx: Tx, account: ProfileRow): Promise<void> {
  const other = await tx.trx
    .selectFrom('edit_requests')
    .select(['id', 'status'])
    .where('team_id', '=', account.team_id)
    .where('profile_id', '=', account.id)
    .where('status', 'in', openStatuses)
    .executeTakeFirst()
  if (other)
    throw new CroftError(
      'EDIT_REQUEST_ALREADY_EXISTS',
      `Another edit request of this account is ${other.status}. Finish it, or cancel it while it is pending.`,
      { edit_request_id: other.id, status: other.status },
    )
}

async function openRequestWork(tx: Tx, request: EditRequestRow, account: ProfileRow): Promise<void> {
  const { requested_username, requested_visible_name, requested_biography, requested_link_in_bio } = request
  await openWork(tx, {
    kind: 'edit_request',
    editRequestId: request.id,
    profileId: account.id,
    managerId: request.manager_id,
    dueAt: new Date(tx.now.getTime() + workMs),
    instructions: [
      `Change the profile of the ${account.platform} account @${account.username} to the values given; null means unchanged.`,
      ...(request.picture_id === null ? [] : ['Set the picture behind the link as the profile picture.']),
      'Submit with a screenshot of the profile; the team reviews it. If a value had to differ, submit the actual value in values.',
    ].join('\n'),
    values: {
      platform: account.platform,
      username: requested_username,
      visible_name: requested_visible_name,
      biography: requested_biography,
      link_in_bio: requested_link_in_bio,
    },
    media: await pictureLinks(tx, request.picture_id),
  })
}

/**
 * Orders a change to a delivered account's profile, paid for in the same transaction. Source: TokPortal's Account Edit
 * Request page; the order of checks is in docs/differences.md.
 * @param given the values with a valid shape
 * @param faults the faults of the other values
 * @throws CroftError `SAVED_ACCOUNT_NOT_FOUND`, `SAVED_ACCOUNT_NOT_OWNED`, the Account Configuration page's codes,
 *   `validation_error`, `EDIT_REQUEST_NO_ACTIVE_ORDER`, `EDIT_REQUEST_NO_CM`, `EDIT_REQUEST_ALREADY_EXISTS`,
 *   `username_taken`, `name_change_restricted`, `INSUFFICIENT_CREDITS`
 */
export async function createEditRequest(
  unit: UnitOfWork,
  accountId: string,
  given: Partial<AccountValues>,
  faults: readonly Detail[],
): Promise<{ request: EditRequestRow } & Paid> {
  const { ctx, caller } = unit
  const found = await requireSavedAccount(ctx.db, caller.teamId, accountId)
  const problems = [
    ...faults.map((fault) => ({ code: shapeCode(names, fault.path), ...fault })),
    ...accountProblems(ctx, found.platform, given, names),
  ]
  if (problems.length > 0) throw accountRefusal(problems)
  const { username, visibleName } = given
  if (username == null || visibleName == null) throw new Error('both are required by the shape')
  const picture = await bringPicture(unit, given.pictureUrl ?? null)
  return unit.commit(async (tx) => {
    const account = await lockProfile(tx.trx, caller.teamId, found.id)
    const managerId = await requireOrder(tx, account)
    await requireNoOther(tx, account)
    if (await isTaken(tx, account, username)) throw usernameTaken()
    requireNameFree(account, visibleName, tx.now)
    const cost = creditCosts.edit_request
    const id = newId()
    const entry = await debitCredits(tx, cost, `Edit request ${id}.`)
    const request = await tx.trx
      .insertInto('edit_requests')
      .values({
        team_id: caller.teamId,
        id,
        profile_id: account.id,
        manager_id: managerId,
        status: 'pending',
        requested_username: username,
        requested_visible_name: visibleName,
        requested_biography: given.biography ?? null,
        requested_profile_picture_url: given.pictureUrl ?? null,
        requested_link_in_bio: given.linkInBio ?? null,
        picture_id: picture && (await keepPicture(tx, picture)),
        credits_cost: cost,
        debit_id: entry.id,
        created_at: tx.now,
        updated_at: tx.now,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    await openRequestWork(tx, request, account)
    await recordEvent(tx, 'edit_request.created', requestFacts(request))
    await recordAudit(tx, 'edit_request.create', `edit_request:${id}`, null, {
      account_id: account.id,
      requested_username: username,
      requested_visible_name: visibleName,
      credits_cost: cost,
    })
    return { request, creditsCharged: cost, creditsRemaining: entry.balance_after }
  })
}
