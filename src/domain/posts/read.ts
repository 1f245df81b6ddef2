import type { MediaInfo } from '../../db/schema.ts'
import { statement, type Statement } from '../../db/statement.ts'
import type { PostRow } from '../../kernel/rows.ts'
import { taskStatusOf } from './lifecycle.ts'

/** What the answers show of a post's row. */
export type PostFacts = Pick<
  PostRow,
  | 'id'
  | 'profile_id'
  | 'driver'
  | 'status'
  | 'media_type'
  | 'media_url'
  | 'sound_id'
  | 'title'
  | 'description'
  | 'is_live'
  | 'privacy_level'
  | 'is_ai_generated'
  | 'is_commercial'
  | 'execute_at'
  | 'webhook_url'
  | 'warnings'
  | 'failure'
  | 'post_url'
  | 'created_at'
  | 'updated_at'
  | 'published_at'
>

/** In addition, what is known of its media. */
export type PostRead = PostFacts & { media_info: MediaInfo | null }

const factsOf = (source: string, order: string) => `
  select p.id, p.profile_id, p.driver, p.status, p.media_type, p.media_url, p.sound_id, p.title, p.description, p.is_live,
    p.privacy_level, p.is_ai_generated, p.is_commercial, p.execute_at, p.webhook_url, p.warnings, p.failure, p.post_url,
    p.created_at, p.updated_at, p.published_at, m.info as media_info
  from ${source} p left join media m on m.team_id = p.team_id and m.id = p.media_id
  ${order}`

export const postById: Statement<PostRead> = statement('post by id', factsOf('posts', 'where p.team_id = $1 and p.id = $2'))

const newest = (where: string, rows: number) =>
  `select * from posts where team_id = $1 and id < $2 ${where} order by id desc limit ${rows}`

const statuses = Object.keys(taskStatusOf)
  .map((status) => `('${status}')`)
  .join()

/** By filter, the newest posts before $2. Those of a profile are merged from those of each status, for their index. */
const filters = {
  none: (rows: number) => newest('', rows),
  status: (rows: number) => newest('and status = $3', rows),
  profile: (rows: number) => `select found.* from (values ${statuses}) as each (status)
      cross join lateral (${newest('and profile_id = $3 and status = each.status', rows)}) found order by found.id desc limit ${rows}`,
  profileAndStatus: (rows: number) => newest('and profile_id = $3 and status = $4', rows),
} as const
export type PostListFilter = keyof typeof filters

/** The page is cut out first, so that the join is made for its rows alone. A page's size is in the text, for the plan. */
const pageStatement = (filter: PostListFilter, rows: number): Statement<PostRead> =>
  statement(
    `posts, ${filter}, ${rows}`,
    `with page as materialized (${filters[filter](rows)}) ${factsOf('page', 'order by p.id desc')}`,
  )

const pages = {
  none: [pageStatement('none', 21), pageStatement('none', 101)],
  status: [pageStatement('status', 21), pageStatement('status', 101)],
  profile: [pageStatement('profile', 21), pageStatement('profile', 101)],
  profileAndStatus: [pageStatement('profileAndStatus', 21), pageStatement('profileAndStatus', 101)],
} as const

/** The statement for a page of up to `limit` posts and one more; parameters: team, the id before which it begins, the filter's values. */
export const postsPage = (filter: PostListFilter, limit: number): Statement<PostRead> => pages[filter][limit <= 20 ? 0 : 1]
