import type { Db, Trx } from '../../../db/connect.ts'
import type { Platform } from '../../../db/schema.ts'
import { postPath } from './paths.ts'
import type { Posted } from './types.ts'

/** Posts with what a response about them needs, oldest first. */
export const postedRows = (db: Db | Trx) =>
  db
    .selectFrom('sandbox_posts')
    .innerJoin('sandbox_accounts', 'sandbox_accounts.id', 'sandbox_posts.account_id')
    .select(['sandbox_posts.id', 'platform', 'username', 'created_at', 'live_at'])
    .orderBy('created_at')
    .orderBy('sandbox_posts.id')

/** The response about one post. */
export function posted(row: {
  id: string
  platform: Platform
  username: string
  created_at: Date
  live_at: Date | null
}): Posted {
  const draft = row.live_at === null
  return {
    id: row.id,
    path: draft ? null : postPath(row.platform, row.username, row.id),
    at: row.live_at ?? row.created_at,
    draft,
  }
}
