import type { JsonObject } from '../../lib/json.ts'
import type { BundleAccountRow, BundleRow } from '../../kernel/rows.ts'
import { recordAudit, recordEvent } from '../../kernel/record.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import type { Submission, WorkHandler, WorkItem } from '../../people/contract.ts'
import { accountOf, lockBundleRow } from './get.ts'
import { moveAccount, moveBundle } from './move.ts'
import { reportedIn, requireReport } from './reported.ts'

interface LockedAccount {
  bundle: BundleRow
  account: BundleAccountRow
}

async function lockAccountOf(tx: Tx, item: WorkItem): Promise<LockedAccount> {
  const bundle = item.bundle_id === null ? null : await lockBundleRow(tx, item.bundle_id)
  const account = bundle && (await accountOf(tx.trx, bundle))
  if (!account) throw new Error('the set-up of an account belongs to a bundle with an account')
  return { bundle, account }
}

/** The first manager who takes a bundle accepts it; the manager who holds its work looks after it. */
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

/** A submission as a bundle's part stores it. */
export const storedSubmission = (tx: Tx, submission: Submission): JsonObject => ({
  values: submission.values,
  post_url: submission.postUrl,
  note: submission.note,
  screenshot_media_id: submission.screenshotMediaId,
  submitted_at: tx.now.toISOString(),
})

/** Tells the team that a manager could not do a part of a bundle. The bundle is locked so that its events stay in order. */
export async function recordFailure(tx: Tx, item: WorkItem, why: { code: string; message: string }): Promise<void> {
  if (item.bundle_id !== null) await lockBundleRow(tx, item.bundle_id)
  const facts = { bundle_id: item.bundle_id, position: item.position, work_id: item.id, code: why.code, message: why.message }
  await recordEvent(tx, 'bundle.work_failed', facts)
  await recordAudit(tx, 'bundle.work_failed', `bundle:${item.bundle_id ?? ''}`, null, facts)
}

/** The phone named in an earlier submission: a manager who corrects a picture need not name it again. */
function phoneOfLastSubmission({ submission }: BundleAccountRow): { phone_name?: string } {
  const { phoneName } = reportedIn(submission)
  return phoneName === undefined ? {} : { phone_name: phoneName }
}

/** The work of setting a bundle's account up. */
export const accountWork: WorkHandler = {
  async claimed(tx, item, managerId) {
    const { bundle, account } = await lockAccountOf(tx, item)
    await acceptBundle(tx, bundle, managerId)
    if (account.status === 'published') await moveAccount(tx, account, 'accepted')
  },
  // The bundle stays `accepted` until something is submitted.
  started: () => Promise.resolve(),
  async submitted(tx, item, submission) {
    const { bundle, account } = await lockAccountOf(tx, item)
    const given = { ...submission, values: { ...phoneOfLastSubmission(account), ...submission.values } }
    requireReport(tx.ctx, bundle.platform, given, { phone: true })
    const stored = storedSubmission(tx, given)
    const event = account.status === 'in_review' ? 'amended' : 'handed_in'
    await moveAccount(tx, account, event, { submission: JSON.stringify(stored), in_review_at: tx.now }, { submission: stored })
    return 'submitted'
  },
  async failed(tx, item, why) {
    await recordFailure(tx, item, why)
    return 'open'
  },
  lapsed: () => Promise.resolve('open'),
}
