import { CroftError, invalid } from '../../kernel/errors.ts'
import { isUuid } from '../../lib/ids.ts'
import { profileNotFound } from '../profiles/get.ts'
import type { PostRow, ProfileRow } from '../../kernel/rows.ts'
import type { UnitOfWork, Tx } from '../../kernel/unit-of-work.ts'
import { acceptPosts } from './accept.ts'
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
function ofAccount(accountId: string, error: CroftError): CroftError {
  const none = error.code === 'profile_not_found'
  return new CroftError(
    none ? 'account_not_found' : error.code,
    `${none ? `There is no account ${accountId}. Check it, and the key: each team sees its own accounts.` : error.message} No post was made.`,
    { ...error.extra, accountId },
    error.retryAfterSeconds,
  )
}

/** The accounts that the team has of these, by id. */
async function findAccounts(tx: Tx, ids: readonly string[]): Promise<Map<string, ProfileRow>> {
  const known = ids.filter(isUuid)
  if (known.length === 0) return new Map()
  const rows = await tx.trx
    .selectFrom('profiles')
    .selectAll()
    .where('team_id', '=', tx.caller.teamId)
    .where('id', 'in', known)
    .execute()
  return new Map(rows.map((row) => [row.id, row]))
}

const noSound = ({ platform }: ProfileRow): CroftError =>
  invalid([{ path: 'soundId', message: `is for TikTok alone, and this account is of ${platform}; leave it out` }])

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
    const accounts = await findAccounts(tx, accountIds)
    const entries = accountIds.map((profileId) => ({ caller: tx.caller, input: { profileId, input } }))
    const results = await acceptPosts(tx, entries)
    const posts = accountIds.map((id, index): AccountPost => {
      const [account, post] = [accounts.get(id.toLowerCase()), results[index]]
      if (account && input.soundId !== null && account.platform !== 'tiktok') throw ofAccount(id, noSound(account))
      if (post instanceof CroftError) throw ofAccount(id, post)
      if (!account || !post) throw ofAccount(id, profileNotFound())
      return { post, account }
    })
    return { posts, timezone }
  })
}
