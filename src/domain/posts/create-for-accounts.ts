import { CroftError, invalid } from '../../kernel/errors.ts'
import { findProfile } from '../profiles/find.ts'
import type { PostRow, ProfileRow } from '../../kernel/rows.ts'
import type { UnitOfWork, Tx } from '../../kernel/unit-of-work.ts'
import { acceptPost } from './create.ts'
import { checkPost, type PostInput } from './input.ts'

/** A post with the account that it is of. */
export interface AccountPost {
  post: PostRow
  account: ProfileRow
}

/** What was made, and the zone in which its time was given. */
export interface AccountPosts {
  posts: AccountPost[]
  timezone: string | null
}

/** Names the account of which an error is; the others' posts are not made either. */
async function of<T>(accountId: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof CroftError)) throw error
    const none = error.code === 'profile_not_found'
    throw new CroftError(
      none ? 'account_not_found' : error.code,
      `${none ? `There is no account ${accountId}. Check it, and the key: each team sees its own accounts.` : error.message} No post was made.`,
      { ...error.extra, accountId },
      error.retryAfterSeconds,
    )
  }
}

async function accept(tx: Tx, accountId: string, input: PostInput): Promise<AccountPost> {
  const account = await findProfile(tx.trx, tx.caller.teamId, accountId)
  if (input.soundId !== null && account.platform !== 'tiktok')
    throw invalid([{ path: 'soundId', message: `is for TikTok alone, and this account is of ${account.platform}; leave it out` }])
  return { account, post: await acceptPost(tx, accountId, input) }
}

/**
 * Accepts the same post for several accounts, for all of them or for none.
 * @throws CroftError `validation_error`, `account_not_found`, `profile_not_ready`, `cadence_exceeded`, `driver_unavailable`, each with `accountId`
 */
export function createForAccounts(
  unit: UnitOfWork,
  accountIds: readonly string[],
  input: PostInput,
  timezone: string | null,
): Promise<AccountPosts> {
  checkPost(unit.ctx, input)
  return unit.commit(async (tx) => {
    const posts: AccountPost[] = []
    for (const id of accountIds) posts.push(await of(id, accept(tx, id, input)))
    return { posts, timezone }
  })
}
