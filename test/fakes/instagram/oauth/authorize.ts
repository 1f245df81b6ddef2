import { redirectReply, Refusal, type Call, type Reply } from '../../common/calls.ts'
import { escapeHtml, hiddenFields, htmlReply } from '../../common/html.ts'
import { newCode } from '../ids.ts'
import { limits } from '../limits.ts'
import { instagramScopes } from '../scopes.ts'
import type { Account, State } from '../state.ts'

interface Asked {
  redirectUri: string
  scopes: string[]
  state: string | null
}

/** `GET /oauth/authorize`: the page where the owner of an account allows or denies what the app asks for. */
export function showAuthorize(state: State, { url }: Call): Reply {
  const { scopes } = check(state, url.searchParams)
  const options = state.accounts.map((one) => `<option value="${one.igId}">${escapeHtml(`@${one.username}`)}</option>`)
  const boxes = scopes.map(
    (scope) => `<p><label><input type="checkbox" name="granted" value="${scope}" checked> ${scope}</label></p>`,
  )
  return htmlReply(
    'Instagram: connect an app',
    // The empty `granted` tells a form without a tick from a script that leaves the choice out.
    `<p>App ${escapeHtml(state.app.id)} asks for access to your account.</p>
<form method="post">${hiddenFields([...url.searchParams, ['granted', '']])}
<p><label>Account <select name="account">${options.join('')}</select></label></p>
${boxes.join('')}
<p><button name="decision" value="allow">Allow</button> <button name="decision" value="deny">Deny</button></p></form>`,
  )
}

/**
 * `POST /oauth/authorize`: the page's form. A script sends the query of the address with `decision` (allow or deny),
 * `account` (a user name or an id; the first account if absent) and `granted` (once per scope; all that were asked for if absent).
 */
export function decideAuthorize(state: State, { url, body }: Call): Reply {
  const form = new URLSearchParams([...url.searchParams, ...new URLSearchParams(body)])
  const asked = check(state, form)
  if (form.get('decision') !== 'allow') return redirectReply(denied(asked))
  const account = accountIn(state, form.get('account'))
  if (account.accountType === 'PERSONAL') {
    throw new Refusal(page('Your account is a personal account: switch to a professional account to connect this app.'))
  }
  const granted = form.getAll('granted')
  const scopes = granted.length === 0 ? asked.scopes : asked.scopes.filter((scope) => granted.includes(scope))
  const code = newCode()
  const expiresAt = new Date(state.clock.now().getTime() + limits.codeLife)
  state.codes.push({ value: code, redirectUri: asked.redirectUri, igId: account.igId, scopes, expiresAt, used: false })
  // Meta appends `#_`, which is not part of the code.
  return redirectReply(`${withQuery(asked, { code })}#_`)
}

function check({ app }: State, query: URLSearchParams): Asked {
  const redirectUri = query.get('redirect_uri') ?? ''
  if (query.get('client_id') !== app.id) throw new Refusal(page('Invalid platform app'))
  if (!app.redirectUris.includes(redirectUri)) throw new Refusal(page('Invalid redirect_uri'))
  if (query.get('response_type') !== 'code') throw new Refusal(page('Invalid response_type'))
  const scopes = (query.get('scope') ?? '').split(/[ ,]+/).filter((scope) => scope !== '')
  const unknown = scopes.find((scope) => !instagramScopes.includes(scope))
  if (unknown !== undefined) throw new Refusal(page(`Invalid scope: ${unknown}`))
  if (!scopes.includes('instagram_business_basic')) throw new Refusal(page('Invalid scope: instagram_business_basic is required'))
  return { redirectUri, scopes, state: query.get('state') }
}

const page = (message: string): Reply => htmlReply('Sorry, this page is not available', `<p>${escapeHtml(message)}</p>`, 400)

function accountIn(state: State, given: string | null): Account {
  const name = given?.replace(/^@/, '')
  const account =
    name === undefined ? state.accounts[0] : state.accounts.find(({ igId, username }) => igId === name || username === name)
  if (!account) throw new Refusal(page(`There is no account ${name ?? ''}`))
  return account
}

const denied = (asked: Asked): string =>
  withQuery(asked, {
    error: 'access_denied',
    error_reason: 'user_denied',
    error_description: 'The user denied your request',
  })

function withQuery({ redirectUri, state }: Asked, values: Record<string, string>): string {
  const to = new URL(redirectUri)
  for (const [name, value] of Object.entries(values)) to.searchParams.set(name, value)
  if (state !== null) to.searchParams.set('state', state)
  return to.href
}
