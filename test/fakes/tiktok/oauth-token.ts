import { jsonReply, Refusal, type Call, type Reply } from '../common/calls.ts'
import { flatErrorReply, type OAuthErrorCode } from './errors.ts'
import { challengeOf, type TokenPair } from './grants.ts'
import type { Platform } from './platform.ts'
import { revokeAccess } from './revoke.ts'

const verifierForm = /^[A-Za-z0-9\-._~]{43,128}$/

/** POST /v2/oauth/token/: exchanges a code, or refreshes. */
export function token(platform: Platform, call: Call): Reply {
  const form = readForm(platform, call)
  const grantType = form.get('grant_type')
  if (grantType === 'authorization_code') return tokenReply(exchange(platform, form), false)
  if (grantType !== 'refresh_token') throw refuse(platform, 'unsupported_grant_type', `grant_type is ${String(grantType)}`)
  const pair = platform.grants.refresh(required(platform, form, 'refresh_token'))
  if (!pair) throw refuse(platform, 'invalid_grant', 'Refresh token is invalid or expired.')
  return tokenReply(pair, platform.settings.omitRefreshToken)
}

/** POST /v2/oauth/revoke/: ends the user's grants to the app. */
export function revoke(platform: Platform, call: Call): Reply {
  const form = readForm(platform, call)
  const account = platform.grants.accountOf(required(platform, form, 'token'))
  if (!account) throw refuse(platform, 'invalid_request', 'The token is unknown.')
  // Revoking what is revoked already succeeds: the documents are silent.
  revokeAccess(platform, account, 5)
  return jsonReply(200, {})
}

function exchange(platform: Platform, form: URLSearchParams): TokenPair {
  const text = required(platform, form, 'code')
  const redirectUri = required(platform, form, 'redirect_uri')
  const code = platform.grants.codes.get(text)
  if (!code || code.expires <= platform.clock.now()) throw refuse(platform, 'invalid_grant', 'Authorization code is expired.')
  if (code.used) throw refuse(platform, 'invalid_grant', 'Authorization code was used already.')
  if (code.redirectUri !== redirectUri) throw refuse(platform, 'invalid_grant', 'redirect_uri is not that of the authorization.')
  if (code.challenge !== null) {
    const verifier = required(platform, form, 'code_verifier')
    if (!verifierForm.test(verifier)) throw refuse(platform, 'invalid_request', 'code_verifier has the wrong form.')
    if (challengeOf(verifier) !== code.challenge)
      throw refuse(platform, 'invalid_grant', 'Code verifier or code challenge is invalid.')
  }
  code.used = true
  return platform.grants.open(code.account, code.scopes)
}

function readForm(platform: Platform, call: Call): URLSearchParams {
  if (!(call.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')) {
    throw refuse(platform, 'invalid_request', 'Only `application/x-www-form-urlencoded` is accepted as Content-Type.')
  }
  const form = new URLSearchParams(call.body)
  const key = required(platform, form, 'client_key')
  const secret = required(platform, form, 'client_secret')
  if (key !== platform.app.clientKey || secret !== platform.app.clientSecret) {
    throw refuse(platform, 'invalid_client', 'Client key or secret is incorrect.')
  }
  return form
}

function required(platform: Platform, form: URLSearchParams, name: string): string {
  const value = form.get(name)
  if (value === null || value === '') throw refuse(platform, 'invalid_request', `${name} is missing.`)
  return value
}

const refuse = ({ settings }: Platform, code: OAuthErrorCode, text: string): Refusal =>
  new Refusal(flatErrorReply(settings.oauthErrorStatus, code, text))

const tokenReply = (pair: TokenPair, withoutRefreshToken: boolean): Reply =>
  jsonReply(
    200,
    {
      open_id: pair.grant.account.openId,
      scope: pair.grant.scopes.join(','),
      access_token: pair.accessToken,
      expires_in: pair.accessSeconds,
      ...(withoutRefreshToken ? {} : { refresh_token: pair.refreshToken, refresh_expires_in: pair.refreshSeconds }),
      token_type: 'Bearer',
    },
    { 'cache-control': 'no-store' },
  )
