import { newAccount, type Platform } from './platform.ts'
import type { TokenPair } from './grants.ts'
import { revokeAccess, type RevocationReason } from './revoke.ts'
import { allScopes, type Account, type FailReason, type Post, type PrivacyLevel, type PublishTask, type Scope } from './types.ts'
import { publish, step } from './walk.ts'

/** What a test does on the platform, in addition to calling its API. */
export interface Controls {
  addAccount(account: Partial<Account> & { handle: string }): Account
  account(handle: string): Account
  /** Signs in on the page at `url` as `handle`, and allows or denies. @returns the address that the browser is sent back to */
  signIn(url: string, handle: string, decision?: { allow?: boolean; scopes?: readonly Scope[] }): Promise<URL>
  /** Gives tokens without the sign-in page. */
  grant(handle: string, scopes?: readonly Scope[]): TokenPair
  /** Expires the access tokens of the account; refresh tokens stay good. */
  expireAccess(handle: string): void
  expireRefresh(handle: string): void
  /** The user, or TikTok, ends the app's access. */
  removeAuthorization(handle: string, reason?: RevocationReason): void
  task(publishId: string): PublishTask
  tasks(handle: string): PublishTask[]
  /** Posts that exist, public or not. Compare its length with what was asked for: at most one per post. */
  posts(handle: string): Post[]
  /** Takes tasks one step on: all, or one. */
  advance(publishId?: string): Promise<void>
  /** The next tasks fail with this reason at the end of their processing. */
  failProcessing(reason: FailReason, options?: { times?: number; handle?: string }): void
  /** The user posts a draft from the inbox. */
  postDraft(publishId: string, texts?: { title?: string; privacy?: PrivacyLevel }): Post
  /** Takes a public post off the platform. */
  removePost(publishId: string): void
  setCounts(publishId: string, counts: Partial<Pick<Post, 'views' | 'likes' | 'comments' | 'shares'>>): void
}

export function controlsOf(platform: Platform): Controls {
  const account = (handle: string): Account => {
    const found = platform.accounts.find((a) => a.handle === handle)
    if (!found) throw new Error(`there is no account ${handle}`)
    return found
  }
  const task = (publishId: string): PublishTask => {
    const found = platform.tasks.get(publishId)
    if (!found) throw new Error(`there is no task ${publishId}`)
    return found
  }
  const post = (publishId: string): Post => {
    const found = task(publishId).post
    if (!found) throw new Error(`${publishId} is not posted`)
    return found
  }
  return {
    account,
    task,
    addAccount(given) {
      const added = newAccount(given)
      platform.accounts.push(added)
      return added
    },
    signIn: (url, handle, decision) => signIn(url, account(handle), decision),
    grant: (handle, scopes = allScopes) => platform.grants.open(account(handle), [...scopes]),
    expireAccess: (handle) => platform.grants.expireAccess(account(handle)),
    expireRefresh: (handle) => platform.grants.expireRefresh(account(handle)),
    removeAuthorization: (handle, reason = 1) => revokeAccess(platform, account(handle), reason),
    tasks: (handle) => [...platform.tasks.values()].filter((t) => t.account === account(handle)),
    posts: (handle) => platform.posts.filter((p) => p.account === account(handle)),
    async advance(publishId) {
      const tasks = publishId === undefined ? [...platform.tasks.values()] : [task(publishId)]
      await Promise.all(tasks.map((t) => step(platform, t)))
    },
    failProcessing(reason, { times = 1, handle } = {}) {
      platform.plannedFailures.push({ reason, left: times, handle: handle ?? null })
    },
    postDraft(publishId, { title = '', privacy = 'PUBLIC_TO_EVERYONE' } = {}) {
      const draft = task(publishId)
      if (draft.stage !== 'inbox') throw new Error(`${publishId} is not in the inbox: ${draft.status}`)
      return publish(platform, draft, { title, description: '', privacy })
    },
    removePost(publishId) {
      const removed = post(publishId)
      removed.removed = true
      platform.webhooks.emitFor(task(publishId), 'post.publish.no_longer_publicaly_available', { post_id: removed.id })
    },
    setCounts: (publishId, counts) => void Object.assign(post(publishId), counts),
  }
}

async function signIn(
  url: string,
  account: Account,
  { allow = true, scopes }: { allow?: boolean; scopes?: readonly Scope[] } = {},
): Promise<URL> {
  const { origin, pathname, searchParams: form } = new URL(url)
  const asked = (form.get('scope') ?? '').split(',')
  for (const scope of scopes ?? asked) form.append('granted', scope)
  form.set('account', account.handle)
  form.set('decision', allow ? 'allow' : 'deny')
  const reply = await fetch(origin + pathname, { method: 'POST', body: form, redirect: 'manual' })
  const location = reply.headers.get('location')
  if (reply.status !== 302 || location === null)
    throw new Error(`the sign-in page answered ${reply.status}: ${await reply.text()}`)
  return new URL(location)
}
