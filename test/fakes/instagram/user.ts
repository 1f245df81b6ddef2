import { jsonReply, type Call, type Reply } from '../common/calls.ts'
import { refuse } from './errors.ts'
import { selectFields } from './fields.ts'
import { basesOf, hostLogin } from './hosts.ts'
import { parametersOf } from './parameters.ts'
import { needs } from './scopes.ts'
import type { Account, State, Token } from './state.ts'
import { accountOf, tokenOf } from './tokens.ts'

/**
 * The account that `me` or an id in a path stands for: the token's own.
 * Refuses (100/33) every other id.
 */
export function ownAccount(state: State, token: Token, id: string | undefined): Account {
  const account = accountOf(state, token)
  if (id !== 'me' && id !== account.igId && id !== account.scopedId) {
    refuse(
      '100/33',
      `Unsupported get request. Object with ID '${id ?? ''}' does not exist, cannot be loaded due to missing permissions, or does not support this operation.`,
    )
  }
  return account
}

/** `GET /me` and `GET /{ig_id}`. */
export function readUser(state: State, call: Call): Reply {
  const sent = parametersOf(call)
  const token = tokenOf(state, call, sent, hostLogin(call))
  const account = ownAccount(state, token, call.params.id)
  needs(token, 'basic')
  return jsonReply(200, selectFields(sent, 'IGUser', fieldsOf(state, account, token)))
}

function fieldsOf(state: State, account: Account, { login }: Token): Record<string, unknown> {
  const posts = state.posts.filter(({ igId, kind }) => igId === account.igId && kind !== 'story')
  return {
    // With Facebook Login there is one id; with Instagram Login `id` is the app's own.
    id: login === 'facebook' ? account.igId : account.scopedId,
    user_id: account.igId,
    username: account.username,
    name: account.name,
    account_type: account.accountType,
    profile_picture_url: account.picture && `${basesOf(state.address).cdn}/${account.igId}.jpg`,
    biography: account.biography,
    website: account.website === '' ? null : account.website,
    followers_count: account.followersCount,
    follows_count: account.followsCount,
    media_count: posts.length,
  }
}

/** The picture that `profile_picture_url` points at. */
export function servePicture(state: State, call: Call): Reply {
  const picture = state.accounts.find(({ igId }) => igId === call.params.id)?.picture
  if (!picture) return { status: 404, body: 'URL signature mismatch' }
  return { status: 200, headers: { 'content-type': 'image/jpeg' }, body: picture }
}
