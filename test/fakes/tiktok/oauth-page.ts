import { redirectReply, Refusal, type Call, type Reply } from '../common/calls.ts'
import { escapeHtml, hiddenFields, htmlReply } from '../common/html.ts'
import type { Platform } from './platform.ts'
import { allScopes, type Scope } from './types.ts'

interface AuthorizationRequest {
  scopes: Scope[]
  redirectUri: string
  state: string
  challenge: string | null
}

/** GET: the sign-in page, with Allow and Deny. */
export function showSignIn(platform: Platform, call: Call): Reply {
  const request = readRequest(platform, call.url.searchParams)
  const accounts = platform.accounts.map((a) => `<option value="${escapeHtml(a.handle)}">@${escapeHtml(a.handle)}</option>`)
  const scopes = request.scopes.map((s) => `<br><label><input type="checkbox" name="granted" value="${s}" checked> ${s}</label>`)
  return htmlReply(
    'Sign in to TikTok (a fake for tests)',
    `<p>The app <b>${escapeHtml(platform.app.clientKey)}</b> asks for access.</p>
<form method="post">${hiddenFields(call.url.searchParams)}
<p><label>Account: <select name="account">${accounts.join('')}</select></label></p>
<p>It may:${scopes.join('')}</p>
<button name="decision" value="allow">Allow</button> <button name="decision" value="deny">Deny</button></form>`,
  )
}

/** POST of the page's form: sends the browser back to the app with a code, or with an error. */
export function decideSignIn(platform: Platform, call: Call): Reply {
  const form = new URLSearchParams(call.body)
  const request = readRequest(platform, form)
  const back = new URL(request.redirectUri)
  if (form.get('decision') !== 'allow') {
    back.searchParams.set('error', 'access_denied')
    back.searchParams.set('error_description', 'the user denied access')
    back.searchParams.set('state', request.state)
    return redirectReply(back.href)
  }
  const account = platform.accounts.find((a) => a.handle === form.get('account'))
  if (!account) throw problem('there is no such account')
  const granted = request.scopes.filter((s) => form.getAll('granted').includes(s))
  const code = platform.grants.newCode({
    account,
    scopes: granted,
    redirectUri: request.redirectUri,
    challenge: request.challenge,
  })
  back.searchParams.set('code', code)
  back.searchParams.set('scopes', granted.join(','))
  back.searchParams.set('state', request.state)
  return redirectReply(back.href)
}

function readRequest({ app }: Platform, values: URLSearchParams): AuthorizationRequest {
  if (values.get('client_key') !== app.clientKey) throw problem('client_key is not a registered app')
  if (values.get('response_type') !== 'code') throw problem('response_type is not code')
  const redirectUri = values.get('redirect_uri') ?? ''
  if (!app.redirectUris.includes(redirectUri)) throw problem(`redirect_uri is not registered: ${redirectUri}`)
  const state = values.get('state') ?? ''
  if (state === '') throw problem('state is missing')
  const asked = (values.get('scope') ?? '').split(',')
  const scopes = allScopes.filter((s) => asked.includes(s) && app.scopes.includes(s))
  const refused = asked.find((s) => !(scopes as string[]).includes(s))
  if (refused !== undefined) throw problem(`scope: the app may not ask for "${refused}"; scopes are separated by commas`)
  return { scopes, redirectUri, state, challenge: readChallenge(values) }
}

function readChallenge(values: URLSearchParams): string | null {
  const challenge = values.get('code_challenge')
  if (challenge === null) return null
  if (values.get('code_challenge_method') !== 'S256') throw problem('code_challenge_method is not S256')
  return challenge
}

// The documents do not show this page; nothing is sent to an address that is not registered.
const problem = (text: string): Refusal => new Refusal(htmlReply('Something went wrong', `<p>${escapeHtml(text)}</p>`, 400))
