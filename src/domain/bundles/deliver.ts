import { newId } from '../../lib/ids.ts'
import { findOrAddPhone } from '../phones/find-or-add.ts'
import { openOrder } from '../orders/order.ts'
import type { BundleAccountRow, BundleRow, ProfileRow } from '../../kernel/rows.ts'
import { profilePolicy } from '../teams/policy.ts'
import { planRun } from '../warmup/plan.ts'
import { recordAudit, recordEvent, recordTimeline } from '../../kernel/record.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import { reportedIn } from './reported.ts'

/** The account's current values: as ordered, except for what the manager reported as different. */
function deliveredValues(account: BundleAccountRow): {
  username: string
  visibleName: string
  bio: string | null
  link: string | null
  phoneName: string | undefined
} {
  const reported = reportedIn(account.submission)
  const username = reported.username ?? account.username
  if (username === null) throw new Error('a configured account has a username')
  return {
    username,
    visibleName: reported.visibleName ?? account.visible_name ?? username,
    bio: (reported.biography === undefined ? account.biography : reported.biography) || null,
    link: reported.link === undefined ? account.link_in_bio : reported.link,
    phoneName: reported.phoneName,
  }
}

/**
 * Makes the account that a manager has set up a profile of the team, signed in, with an active order.
 * @throws the database's own error if an active profile has the username
 */
export async function deliverAccount(tx: Tx, bundle: BundleRow, account: BundleAccountRow): Promise<ProfileRow> {
  if (bundle.manager_id === null) throw new Error('an accepted bundle has a manager')
  const { username, visibleName, bio, link, phoneName } = deliveredValues(account)
  const reason = 'The account was set up by its manager and finalized.'
  const profile = await tx.trx
    .insertInto('profiles')
    .values({
      team_id: bundle.team_id,
      id: newId(),
      platform: bundle.platform,
      driver: 'operator',
      profile_name: bundle.title ?? username,
      username,
      display_name: visibleName,
      // A bundle does not specify it.
      email_auth_method: null,
      bio,
      link_in_bio: link,
      picture_id: account.picture_id,
      phone_id: phoneName === undefined ? null : await findOrAddPhone(tx, 'operator', phoneName),
      status: 'cold',
      provisioned_at: tx.now,
      created_at: tx.now,
      updated_at: tx.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await recordTimeline(tx, { profileId: profile.id, kind: 'status', from: null, to: profile.status, reason })
  await recordEvent(tx, 'profile.status_changed', { profile_id: profile.id, from: null, to: profile.status, reason })
  await recordAudit(tx, 'profile.create', `profile:${profile.id}`, null, {
    platform: profile.platform,
    username: profile.username,
    driver: profile.driver,
    bundle_id: bundle.id,
  })
  await openOrder(tx, { profileId: profile.id, managerId: bundle.manager_id, bundleId: bundle.id })
  await planRun(tx, profile, await profilePolicy(tx.ctx, tx.trx, profile), 0)
  return profile
}
