import { refusal, type ErrorCode } from './errors.ts'
import type { Platform } from './platform.ts'
import { caps } from './rules.ts'
import type { Account, PublishTask } from './types.ts'

type CapCode = Extract<ErrorCode, 'spam_risk_too_many_posts' | 'spam_risk_user_banned_from_posting' | 'reached_active_user_cap'>

/** Tasks of the last 24 hours that have not failed. An upload whose URL expired before its last byte can come to nothing. */
const recent = ({ clock, tasks }: Platform): PublishTask[] => {
  const now = clock.now()
  const since = now.getTime() - caps.window * 1000
  const alive = ({ stage, status, upload }: PublishTask) =>
    status !== 'FAILED' && !(stage === 'uploading' && upload !== null && upload.expires <= now)
  return [...tasks.values()].filter((task) => task.createdAt.getTime() > since && alive(task))
}

/** Direct posts of the last 24 hours, those of other API clients included. */
export const directPostsOf = (platform: Platform, account: Account): number =>
  account.postsByOtherClients + recent(platform).filter((task) => task.account === account && task.mode === 'direct').length

/** Drafts of the last 24 hours that the user has not posted. */
export const pendingDraftsOf = (platform: Platform, account: Account): number =>
  recent(platform).filter((task) => task.account === account && task.mode === 'draft' && task.post === null).length

/** What keeps the account from posting directly now, or null. */
export function directPostCap(platform: Platform, account: Account): CapCode | null {
  if (account.banned) return 'spam_risk_user_banned_from_posting'
  if (directPostsOf(platform, account) >= account.dailyCap) return 'spam_risk_too_many_posts'
  if (platform.app.audited) return null
  const users = new Set(recent(platform).map((task) => task.account))
  return users.size >= platform.settings.activeUserCap && !users.has(account) ? 'reached_active_user_cap' : null
}

/** @throws the refusal of a direct post by a cap */
export function checkDirectPost(platform: Platform, account: Account): void {
  const code = directPostCap(platform, account)
  if (code !== null) throw refusal(code, 'the account may not post now')
}

/** @throws the refusal of a draft by a cap */
export function checkDraft(platform: Platform, account: Account): void {
  if (account.banned) throw refusal('spam_risk_user_banned_from_posting', 'the account may not post')
  if (pendingDraftsOf(platform, account) >= platform.settings.pendingDraftCap) {
    throw refusal('spam_risk_too_many_pending_share', 'too many drafts of the last 24 hours wait for the user')
  }
}
