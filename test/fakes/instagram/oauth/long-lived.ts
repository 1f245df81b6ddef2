import { jsonReply, Refusal, type Call, type Reply } from '../../common/calls.ts'
import { errorReply, invalid } from '../errors.ts'
import { limits } from '../limits.ts'
import { parametersOf, required } from '../parameters.ts'
import { needs } from '../scopes.ts'
import type { State, Token } from '../state.ts'
import { accountOf, expiresIn, issueToken, tokenOf } from '../tokens.ts'

/** `GET graph.instagram.com/access_token`: a short-lived token becomes one of 60 days. The short one lives on until it expires. */
export function exchangeShort(state: State, call: Call): Reply {
  const sent = parametersOf(call)
  if (required(sent, 'grant_type') !== 'ig_exchange_token') invalid('Invalid grant_type')
  // Meta refuses a wrong secret with code 1, though it is not temporary.
  if (required(sent, 'client_secret') !== state.app.secret) {
    throw new Refusal(errorReply('1', { status: 400, message: 'Error validating client secret.', transient: false }))
  }
  const short = tokenOf(state, call, sent, 'instagram')
  if (short.kind !== 'short') invalid('The access token is not a short-lived token')
  return replyWith(state, renew(state, short))
}

/**
 * `GET graph.instagram.com/refresh_access_token`: a token of 60 days becomes a new one. The old one lives on until it expires:
 * the documents do not say that it ends.
 */
export function refreshLong(state: State, call: Call): Reply {
  const sent = parametersOf(call)
  if (required(sent, 'grant_type') !== 'ig_refresh_token') invalid('Invalid grant_type')
  const long = tokenOf(state, call, sent, 'instagram')
  needs(long, 'basic')
  if (long.kind !== 'long') invalid('The access token is not a long-lived token')
  // The documents give the rule and no code for it.
  const age = state.clock.now().getTime() - long.issuedAt.getTime()
  if (age < limits.refreshAge) invalid('The access token must be at least 24 hours old to be refreshed')
  return replyWith(state, renew(state, long))
}

const renew = (state: State, { scopes, ...of }: Token): Token =>
  issueToken(state, accountOf(state, { scopes, ...of }), { login: 'instagram', kind: 'long', scopes })

const replyWith = (state: State, token: Token): Reply =>
  jsonReply(200, {
    access_token: token.value,
    token_type: 'bearer',
    expires_in: expiresIn(state, token),
    permissions: token.scopes.join(','),
  })
