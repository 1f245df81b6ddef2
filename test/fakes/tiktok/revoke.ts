import type { Platform } from './platform.ts'
import type { Account } from './types.ts'
import { failTask } from './walk.ts'

/** Why access ended: 0 unknown, 1 by the user, 2 account deleted, 3 age changed, 4 account banned, 5 by the developer. */
export type RevocationReason = 0 | 1 | 2 | 3 | 4 | 5

/** Ends the grants of an account, fails its tasks that are under way, and sends the webhook of it. */
export function revokeAccess(platform: Platform, account: Account, reason: RevocationReason): void {
  if (!platform.grants.revoke(account)) return
  for (const task of platform.tasks.values()) {
    const underWay = task.stage === 'uploading' || task.stage === 'downloading' || task.stage === 'processing'
    if (task.account === account && underWay) failTask(platform, task, 'auth_removed')
  }
  platform.webhooks.emit('authorization.removed', account.openId, { reason })
}
