import { jsonReply, type Call, type Reply } from '../../common/calls.ts'
import { invalid } from '../errors.ts'
import { newCommentId } from '../ids.ts'
import { needs } from '../scopes.ts'
import type { Comment, State } from '../state.ts'
import { accountOf } from '../tokens.ts'
import { ownPost, timestampOf } from './read.ts'

/** `POST /{media_id}/comments`: the account comments on its own media. */
export function addComment(state: State, call: Call): Reply {
  const { post, token, sent } = ownPost(state, call)
  needs(token, 'comments')
  const text = sent.message ?? ''
  if (text === '') invalid('The parameter message is required')
  // Stories have no comments; the documents give no code for the attempt.
  if (post.kind === 'story') invalid('Comments on this media are not supported')
  const comment: Comment = { id: newCommentId(), text, createdAt: state.clock.now(), username: accountOf(state, token).username }
  post.comments.push(comment)
  return jsonReply(200, { id: comment.id })
}

/** `GET /{media_id}/comments`, oldest first. */
export function listComments(state: State, call: Call): Reply {
  const { post, token } = ownPost(state, call)
  needs(token, 'comments')
  const data = post.comments.map(({ id, text, createdAt }) => ({ id, text, timestamp: timestampOf(createdAt) }))
  return jsonReply(200, { data })
}
