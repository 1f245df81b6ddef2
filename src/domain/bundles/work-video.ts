import { invalid } from '../../kernel/errors.ts'
import type { BundleRow, VideoSlotRow } from '../../kernel/rows.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import type { WorkHandler, WorkItem } from '../../people/contract.ts'
import { getSlot, lockBundleRow } from './get.ts'
import { moveBundle, moveSlot } from './move.ts'
import { storedSubmission, recordFailure } from './work-account.ts'

async function lockSlotOf(tx: Tx, item: WorkItem): Promise<{ bundle: BundleRow; slot: VideoSlotRow }> {
  if (item.bundle_id === null || item.position === null) throw new Error('a video belongs to a slot of a bundle')
  const bundle = await lockBundleRow(tx, item.bundle_id)
  return { bundle, slot: await getSlot(tx.trx, bundle, item.position) }
}

const isLink = (text: string): boolean => {
  const url = URL.parse(text)
  return url?.protocol === 'https:' && url.username === '' && url.password === ''
}

const lookFirst =
  'Somebody started this video before and did not submit it. Check on the account whether it is already published before you post it.'

/** The work of posting a video of a bundle. */
export const videoWork: WorkHandler = {
  async claimed(tx, item, managerId) {
    const { bundle, slot } = await lockSlotOf(tx, item)
    if (bundle.status === 'published') await moveBundle(tx, bundle, 'accepted', { manager_id: managerId, accepted_at: tx.now })
    if (slot.status === 'published') await moveSlot(tx, slot, 'accepted')
  },
  // The slot stays `accepted` until something is submitted.
  started: () => Promise.resolve(),
  async submitted(tx, item, submission) {
    const { slot } = await lockSlotOf(tx, item)
    const postUrl = submission.postUrl ?? slot.post_url
    if (postUrl === null || !isLink(postUrl))
      throw invalid([
        {
          path: 'post_url',
          message: postUrl === null ? 'is required: the address of the post' : 'must be the https address of the post',
        },
      ])
    const stored = storedSubmission(tx, submission)
    const set = { submission: JSON.stringify(stored), post_url: postUrl, in_review_at: tx.now }
    await moveSlot(tx, slot, slot.status === 'in_review' ? 'amended' : 'handed_in', set, { submission: stored })
    return 'submitted'
  },
  async failed(tx, item, why) {
    await recordFailure(tx, item, why)
    return 'open'
  },
  async lapsed(tx, item, wasStarted) {
    if (wasStarted)
      await tx.trx
        .updateTable('work_items')
        .set({ feedback: lookFirst })
        .where('team_id', '=', item.team_id)
        .where('id', '=', item.id)
        .execute()
    return 'open'
  },
}
