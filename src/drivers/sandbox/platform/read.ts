import { sql } from 'kysely'
import type { Platform } from '../../../db/schema.ts'
import { posted, postedRows } from './posted.ts'
import type { Posted, SandboxPlatform } from './types.ts'

/** What the public sees. It is eventually consistent, so a post may be missing for a while. */
const visible = ({ db, clock }: SandboxPlatform) => db.selectFrom('sandbox_posts').where('visible_from', '<=', clock.now())

export type VisibleAccount = Awaited<ReturnType<typeof newestAccounts>>[number]
export type VisiblePost = Awaited<ReturnType<typeof newestPosts>>[number]

/** The posts with the caller's reference, oldest first, including drafts. */
export async function findByRef({ db, clock }: SandboxPlatform, ref: string): Promise<Posted[]> {
  const rows = await postedRows(db).where('ref', '=', ref).where('visible_from', '<=', clock.now()).execute()
  return rows.map(posted)
}

/** The accounts last signed in, newest first, each with its number of live posts. */
export async function newestAccounts(platform: SandboxPlatform, limit: number) {
  return platform.db
    .selectFrom('sandbox_accounts')
    .select((eb) => [
      'platform',
      'username',
      'display_name',
      'picture_url',
      eb
        .selectFrom('sandbox_posts')
        .select(eb.fn.countAll<number>().as('n'))
        .where('visible_from', '<=', platform.clock.now())
        .whereRef('account_id', '=', 'sandbox_accounts.id')
        .where('live_at', 'is not', null)
        .as('posts'),
    ])
    .orderBy('signed_in_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}

/** The account with that handle, ignoring case, or null. */
export async function accountNamed({ db }: SandboxPlatform, platform: Platform, username: string) {
  const row = await db
    .selectFrom('sandbox_accounts')
    .select(['id', 'platform', 'username', 'display_name', 'bio', 'picture_url'])
    .where('platform', '=', platform)
    .where(sql`lower(username)`, '=', sql<string>`lower(${username})`)
    .executeTakeFirst()
  return row ?? null
}

/** The newest posts or drafts of an account; only those older than the post `before`, if given. */
export async function newestPosts(
  platform: SandboxPlatform,
  accountId: string,
  which: { drafts: boolean; limit: number; before?: string },
) {
  let query = visible(platform).selectAll().where('account_id', '=', accountId)
  query = query.where('live_at', which.drafts ? 'is' : 'is not', null)
  if (which.before !== undefined) {
    query = query.where(sql<boolean>`(created_at, id) < (select created_at, id from sandbox_posts where id = ${which.before})`)
  }
  return query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(which.limit).execute()
}

/** One post with the handle and name of its account, or null. */
export async function postNumbered(platform: SandboxPlatform, which: Platform, id: string) {
  const row = await visible(platform)
    .innerJoin('sandbox_accounts', 'sandbox_accounts.id', 'sandbox_posts.account_id')
    .selectAll('sandbox_posts')
    .select(['username', 'display_name', 'picture_url', 'platform'])
    .where('platform', '=', which)
    .where('sandbox_posts.id', '=', id)
    .executeTakeFirst()
  return row ?? null
}
