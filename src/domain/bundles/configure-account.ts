import { codePoints } from '../../lib/text.ts'
import { CroftError, type Detail } from '../../kernel/errors.ts'
import type { BundleAccountRow } from '../../kernel/rows.ts'
import { recordAudit, recordEvent } from '../../kernel/record.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import { accountOf, getBundle, lockBundle } from './get.ts'
import { bundleFacts, invalidStatus, moveAccount, moveBundle } from './move.ts'
import { accountProblems, accountRefusal, shapeCode, type AccountNames, type AccountValues } from './values.ts'

/** The names of the Account Configuration page. */
export const bundleNames: AccountNames = {
  username: 'username',
  visibleName: 'visible_name',
  biography: 'biography',
  pictureUrl: 'profile_picture_url',
  linkInBio: 'link_in_bio',
}

export interface AccountConfiguration extends AccountValues {
  nicheWarmingInstructions: string | null
}

const mostInstructions = 2_000

/** @throws CroftError `not_found` for a bundle without an account of its own */
export async function readAccount(unit: Pick<UnitOfWork, 'ctx' | 'caller'>, bundleId: string): Promise<BundleAccountRow> {
  const bundle = await getBundle(unit.ctx.db, unit.caller.teamId, bundleId)
  const account = await accountOf(unit.ctx.db, bundle)
  if (!account)
    throw new CroftError('not_found', 'A videos_only bundle has no account of its own; account_id names the account it is for.')
  return account
}

/**
 * Configures a bundle's account. The call replaces all values: what is null or omitted becomes null. Source:
 * TokPortal's Account Configuration page.
 * @param given the values with a valid shape
 * @param faults the faults of the other values
 * @throws CroftError `bundle_not_found`, the Account Configuration page's codes, `validation_error`, `invalid_status`
 *   once the bundle is published
 */
export async function configureAccount(
  unit: UnitOfWork,
  bundleId: string,
  given: Partial<AccountConfiguration>,
  faults: readonly Detail[],
): Promise<BundleAccountRow> {
  const { ctx, caller } = unit
  const { platform } = await getBundle(ctx.db, caller.teamId, bundleId)
  const problems = [
    ...faults.map((fault) => ({ code: shapeCode(bundleNames, fault.path), ...fault })),
    ...accountProblems(ctx, platform, given, bundleNames),
  ]
  const length = codePoints(given.nicheWarmingInstructions ?? '')
  if (length > mostInstructions) {
    const message = `has ${length} characters; at most ${mostInstructions} are allowed`
    problems.push({ code: 'validation_error', path: 'niche_warming_instructions', message })
  }
  if (problems.length > 0) throw accountRefusal(problems)
  return unit.commit(async (tx) => {
    const bundle = await lockBundle(tx, bundleId)
    const account = await accountOf(tx.trx, bundle)
    if (!account) throw invalidStatus('The bundle', bundle.status, 'A videos_only bundle has no account to configure.')
    if (bundle.status !== 'pending_setup' && bundle.status !== 'configured')
      throw invalidStatus(
        'The bundle',
        bundle.status,
        'Its account can be configured in pending_setup and configured; unpublish it first.',
      )
    const values = {
      username: given.username ?? null,
      visible_name: given.visibleName ?? null,
      biography: given.biography ?? null,
      profile_picture_url: given.pictureUrl ?? null,
      link_in_bio: given.linkInBio ?? null,
      niche_warming_instructions: given.nicheWarmingInstructions ?? null,
    }
    const row = await moveAccount(tx, account, 'configured', { ...values, picture_id: null, configured_at: tx.now })
    if (bundle.status === 'pending_setup') await moveBundle(tx, bundle, 'configured')
    else await recordEvent(tx, 'bundle.configured', { ...bundleFacts(bundle), from: bundle.status })
    const before = Object.fromEntries(Object.keys(values).map((name) => [name, account[name as keyof typeof values]]))
    await recordAudit(tx, 'bundle.configure_account', `bundle:${bundle.id}`, before, values)
    return row
  })
}
