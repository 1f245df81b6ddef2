import { facebookScopes, instagramScopes } from '../scopes.ts'
import type { Account, Login, State, Token } from '../state.ts'
import { issueToken } from '../tokens.ts'

export interface GrantOptions {
  /** `instagram` by default. A token of Facebook Login is made in this way alone: its dialog is not part of the fake. */
  login?: Login
  /** `long` by default. */
  kind?: 'short' | 'long'
  /** Everything that the login knows by default. */
  scopes?: readonly string[]
  /** The token was issued this many milliseconds ago. */
  age?: number
}

/** A token without the sign-in page, for tests that are not about it. */
export function grantToken(
  state: State,
  account: Account,
  { login = 'instagram', kind = 'long', scopes, age = 0 }: GrantOptions = {},
): Token {
  const all = login === 'instagram' ? instagramScopes : facebookScopes
  const issuedAt = new Date(state.clock.now().getTime() - age)
  return issueToken(state, account, { login, kind, scopes: [...(scopes ?? all)], issuedAt })
}
