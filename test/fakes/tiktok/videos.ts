import type { Call, Reply } from '../common/calls.ts'
import { authorize, readBody, readFields } from './authorized.ts'
import { okReply } from './errors.ts'
import type { Platform } from './platform.ts'
import { listRules } from './rules.ts'
import type { Account, Post } from './types.ts'

type Field = keyof typeof fields

/** The fields of a video object. Its id is a string, unlike the id in a status. */
const fields = {
  id: (post: Post) => post.id.toString(),
  create_time: (post: Post) => Math.floor(post.createdAt.getTime() / 1000),
  share_url: (post: Post) => `https://www.tiktok.com/@${post.account.handle}/${post.kind}/${post.id}`,
  video_description: (post: Post) => (post.kind === 'video' ? post.title : post.description),
  title: (post: Post) => post.title,
  view_count: (post: Post) => post.views,
  like_count: (post: Post) => post.likes,
  comment_count: (post: Post) => post.comments,
  share_count: (post: Post) => post.shares,
} as const satisfies Record<string, (post: Post) => string | number>

const names = Object.keys(fields) as Field[]
const present = (post: Post, asked: Field[]): object => Object.fromEntries(asked.map((name) => [name, fields[name](post)]))

const publicPosts = ({ posts }: Platform, account: Account): Post[] =>
  posts.filter((post) => post.account === account && post.publiclyAvailable && !post.removed)

/** POST /v2/video/list/?fields=: the user's public posts, newest first. The cursor is a time in milliseconds. */
export function listVideos(platform: Platform, call: Call): Reply {
  const { account } = authorize(platform, 'video/list', call, ['video.list'])
  const asked = readFields(call, names)
  const body = readBody(call)
  const count = body.whole('max_count', { least: 1, most: listRules.most, or: listRules.pageByDefault })
  const cursor = body.whole('cursor', { or: Number.MAX_SAFE_INTEGER })
  body.end()
  const posts = publicPosts(platform, account)
    .map((post, order) => ({ post, at: post.createdAt.getTime(), order }))
    .filter(({ at }) => at < cursor)
    .sort((a, b) => b.at - a.at || b.order - a.order)
  // Posts of one millisecond stay on one page, since the cursor cannot tell them apart.
  let end = Math.min(count, posts.length)
  while (end > 0 && posts[end]?.at === posts[end - 1]?.at) end += 1
  const page = posts.slice(0, end)
  const videos = page.map(({ post }) => present(post, asked))
  return okReply({ videos, cursor: page.at(-1)?.at ?? 0, has_more: end < posts.length })
}

/** POST /v2/video/query/?fields=: posts of the user by id. Ids of others, or of none, are left out. */
export function queryVideos(platform: Platform, call: Call): Reply {
  const { account } = authorize(platform, 'video/query', call, ['video.list'])
  const asked = readFields(call, names)
  const body = readBody(call)
  const filters = body.object('filters')
  const ids = filters.texts('video_ids', { most: listRules.queryMost })
  filters.end()
  body.end()
  const posts = publicPosts(platform, account).filter(({ id }) => ids.includes(id.toString()))
  return okReply({ videos: posts.map((post) => present(post, asked)) })
}
