import { jsonReply, type Call, type Reply } from '../../common/calls.ts'
import { refuse } from '../errors.ts'
import { selectFields } from '../fields.ts'
import { hostLogin } from '../hosts.ts'
import { parametersOf, type Parameters } from '../parameters.ts'
import { needs } from '../scopes.ts'
import type { Post, State, Token } from '../state.ts'
import { accountOf, tokenOf } from '../tokens.ts'
import { ownAccount } from '../user.ts'

/** The post in a path, of the token's own account. Refuses (100/33) every other. */
export function ownPost(state: State, call: Call): { post: Post; token: Token; sent: Parameters } {
  const sent = parametersOf(call)
  const token = tokenOf(state, call, sent, hostLogin(call))
  const post = state.posts.find(({ id }) => id === call.params.id)
  if (post?.igId !== accountOf(state, token).igId) return refuse('100/33')
  return { post, token, sent }
}

/** `GET /{media_id}`: `permalink` and the rest of a published media. */
export function readPost(state: State, call: Call): Reply {
  const { post, token, sent } = ownPost(state, call)
  needs(token, 'basic')
  return jsonReply(200, selectFields(sent, 'IGMedia', fieldsOf(state, post)))
}

/** `GET /{ig_id}/media`: the ids of the account's posts without its stories, newest first. */
export function listPosts(state: State, call: Call): Reply {
  const sent = parametersOf(call)
  const token = tokenOf(state, call, sent, hostLogin(call))
  const { igId } = ownAccount(state, token, call.params.id)
  needs(token, 'basic')
  const posts = state.posts.filter((post) => post.igId === igId && post.kind !== 'story').reverse()
  return jsonReply(200, { data: posts.map((post) => selectFields(sent, 'IGMedia', fieldsOf(state, post))) })
}

/** As the Graph API writes a time: UTC, without milliseconds. */
export const timestampOf = (at: Date): string => `${at.toISOString().slice(0, 19)}+0000`

const productTypes = { image: 'FEED', carousel: 'FEED', reel: 'REELS', story: 'STORY' } as const

export const productTypeOf = ({ kind }: Post): 'FEED' | 'REELS' | 'STORY' => productTypes[kind]

function fieldsOf({ accounts }: State, post: Post): Record<string, unknown> {
  return {
    id: post.id,
    permalink: post.permalink,
    shortcode: post.shortcode,
    caption: post.caption === '' ? null : post.caption,
    media_type: post.kind === 'carousel' ? 'CAROUSEL_ALBUM' : post.files[0]?.kind === 'video' ? 'VIDEO' : 'IMAGE',
    media_product_type: productTypeOf(post),
    timestamp: timestampOf(post.publishedAt),
    username: accounts.find(({ igId }) => igId === post.igId)?.username,
    like_count: post.metrics.likes ?? 0,
    comments_count: post.comments.length,
    is_shared_to_feed: post.kind === 'reel' ? post.parameters.share_to_feed !== 'false' : null,
    alt_text: post.parameters.alt_text,
  }
}
