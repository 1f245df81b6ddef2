import { jsonReply, type Call, type Reply } from '../../common/calls.ts'
import { flatErrorReply } from '../errors.ts'
import { parametersOf, type Parameters } from '../parameters.ts'
import type { Code, State } from '../state.ts'
import { accountOf, issueToken } from '../tokens.ts'

/** `POST api.instagram.com/oauth/access_token`: an authorisation code becomes a short-lived token. */
export function exchangeCode(state: State, call: Call): Reply {
  const sent = parametersOf(call)
  const wrong = refusalOf(state, sent)
  if (wrong !== null) return flatErrorReply(wrong)
  const code = codeIn(state, sent)
  if (!code || code.used) return flatErrorReply('Matching code was not found or was already used')
  if (code.expiresAt.getTime() <= state.clock.now().getTime()) return flatErrorReply('This authorization code has expired.')
  if (code.redirectUri !== sent.redirect_uri) {
    return flatErrorReply(
      'Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request',
    )
  }
  code.used = true
  const account = state.accounts.find(({ igId }) => igId === code.igId)
  if (!account) return flatErrorReply('Matching code was not found or was already used')
  const token = issueToken(state, account, { login: 'instagram', kind: 'short', scopes: code.scopes })
  const { scopedId } = accountOf(state, token)
  // `user_id` is the id for this app, not the professional account's.
  if (state.settings.tokenReply === 'data') {
    return jsonReply(200, { data: [{ access_token: token.value, user_id: scopedId, permissions: token.scopes.join(',') }] })
  }
  const [value, permissions] = [JSON.stringify(token.value), JSON.stringify(token.scopes)]
  return jsonReply(200, `{"access_token":${value},"user_id":${scopedId},"permissions":${permissions}}`)
}

function refusalOf({ app }: State, sent: Parameters): string | null {
  for (const name of ['client_id', 'client_secret', 'grant_type', 'redirect_uri', 'code']) {
    if (!sent[name]) return `Missing required field ${name}`
  }
  if (sent.client_id !== app.id) return 'Invalid platform app'
  if (sent.client_secret !== app.secret) return 'Invalid Client Secret'
  return sent.grant_type === 'authorization_code' ? null : 'Invalid grant type'
}

const codeIn = (state: State, sent: Parameters): Code | undefined => state.codes.find(({ value }) => value === sent.code)
