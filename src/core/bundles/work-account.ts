import type { JsonObject } from '../../lib/json.ts'
import { invalid, type Detail } from '../errors.ts'
import { phoneNameProblems } from '../phones/find-or-add.ts'
import type { BundleAccountRow, BundleRow } from '../rows.ts'
import { recordAudit, recordEvent } from '../write/record.ts'
import type { Tx } from '../write/scope.ts'
import type { Submission, WorkHandler, WorkRow } from '../work/contract.ts'
import { accountOf, holdBundle } from './find.ts'
import { moveAccount, moveBundle } from './move.ts'
import { accountProblems, type AccountNames } from './values.ts'

interface Held {
  bundle: BundleRow
  account: BundleAccountRow
}

async function heldBy(tx: Tx, item: WorkRow): Promise<Held> {
  const bundle = item.bundle_id === null ? null : await holdBundle(tx, item.bundle_id)
  const account = bundle && (await accountOf(tx.trx, bundle))
  if (!account) throw new Error('the set-up of an account belongs to a bundle with an account')
  return { bundle, account }
}

/** The first who takes a bundle accepts it; whoever has its work looks after it. */
export async function acceptBundle(tx: Tx, bundle: BundleRow, managerId: string): Promise<BundleRow> {
  if (bundle.status === 'published') return moveBundle(tx, bundle, 'accepted', { manager_id: managerId, accepted_at: tx.now })
  if (bundle.manager_id === managerId) return bundle
  return tx.trx
    .updateTable('bundles')
    .set({ manager_id: managerId, updated_at: tx.now })
    .where('team_id', '=', bundle.team_id)
    .where('id', '=', bundle.id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** A submission as a bundle's part keeps it. */
export const keptSubmission = (tx: Tx, submission: Submission): JsonObject => ({
  values: submission.values,
  post_url: submission.postUrl,
  note: submission.note,
  screenshot_media_id: submission.screenshotMediaId,
  submitted_at: tx.now.toISOString(),
})

/** Tells the team that a manager could not do a part of a bundle. */
export async function tellFailure(tx: Tx, item: WorkRow, why: { code: string; message: string }): Promise<void> {
  const facts = { bundle_id: item.bundle_id, position: item.position, work_id: item.id, code: why.code, message: why.message }
  await recordEvent(tx, 'bundle.work_failed', facts)
  await recordAudit(tx, 'bundle.work_failed', `bundle:${item.bundle_id ?? ''}`, null, facts)
}

const names: AccountNames = {
  username: 'values.username',
  visibleName: 'values.visible_name',
  biography: 'values.biography',
  pictureUrl: 'values.profile_picture_url',
  linkInBio: 'values.link_in_bio',
}
const told = ['username', 'visible_name', 'biography', 'link_in_bio', 'phone_name'] as const

/** What a manager says the values are now keeps to the rules of what was ordered. @throws CroftError `validation_error` */
function requireValues(tx: Tx, bundle: BundleRow, values: NonNullable<Submission['values']>): void {
  const found: Detail[] = Object.entries(values).flatMap(([name, value]) => {
    const path = `values.${name}`
    if (!told.some((one) => one === name))
      return [{ path, message: `is not known; the values of an account are ${told.join(', ')}` }]
    return typeof value === 'string' || name === 'phone_name' ? [] : [{ path, message: 'must be string' }]
  })
  const text = (name: (typeof told)[number]) => {
    const value = values[name]
    return typeof value === 'string' ? value : null
  }
  const given = {
    username: text('username'),
    visibleName: text('visible_name'),
    biography: text('biography'),
    linkInBio: text('link_in_bio'),
  }
  found.push(...accountProblems(tx.ctx, bundle.platform, given, names).map(({ path, message }) => ({ path, message })))
  found.push(...phoneNameProblems(values['phone_name']))
  if (found.length > 0) throw invalid(found)
}

/** The phone that an earlier hand-in named: who corrects a picture need not name it again. */
function phoneToldBefore({ submission }: BundleAccountRow): { phone_name?: string } {
  const values = submission?.['values']
  const name =
    typeof values === 'object' && values !== null && !Array.isArray(values) ? (values as JsonObject)['phone_name'] : undefined
  return typeof name === 'string' ? { phone_name: name } : {}
}

/** Setting a bundle's account up. */
export const accountWork: WorkHandler = {
  async claimed(tx, item, managerId) {
    const { bundle, account } = await heldBy(tx, item)
    await acceptBundle(tx, bundle, managerId)
    if (account.status === 'published') await moveAccount(tx, account, 'accepted')
  },
  // The bundle says `accepted` until something is handed in.
  started: () => Promise.resolve(),
  async submitted(tx, item, submission) {
    const { bundle, account } = await heldBy(tx, item)
    const values = { ...phoneToldBefore(account), ...submission.values }
    requireValues(tx, bundle, values)
    const kept = keptSubmission(tx, { ...submission, values })
    await moveAccount(tx, account, 'handed_in', { submission: JSON.stringify(kept), in_review_at: tx.now }, { submission: kept })
    return 'submitted'
  },
  async failed(tx, item, why) {
    await tellFailure(tx, item, why)
    return 'open'
  },
  lapsed: () => Promise.resolve('open'),
}
