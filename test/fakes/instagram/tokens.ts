import type { Call } from '../common/calls.ts'
import { refuse } from './errors.ts'
import { newTokenValue } from './ids.ts'
import { tokenIn, type Parameters } from './parameters.ts'
import type { Account, Login, State, Token } from './state.ts'

/** Makes a token that the account's owner has granted. Its life is counted from now, or from `issuedAt`. */
export function issueToken(
  state: State,
  account: Account,
  { login, kind, scopes, issuedAt = state.clock.now() }: Pick<Token, 'login' | 'kind' | 'scopes'> & { issuedAt?: Date },
): Token {
  const { shortTokenLife, longTokenLife } = state.settings
  const life = kind === 'short' ? shortTokenLife : longTokenLife
  const token: Token = {
    value: newTokenValue(login),
    login,
    kind,
    igId: account.igId,
    scopes: [...scopes],
    issuedAt,
    expiresAt: new Date(issuedAt.getTime() + life),
    ended: null,
  }
  state.tokens.push(token)
  return token
}

/** Seconds that a token is still good for. */
export const expiresIn = (state: State, token: Token): number =>
  Math.max(0, Math.floor((token.expiresAt.getTime() - state.clock.now().getTime()) / 1000))

/**
 * The token of a call.
 * Refuses (code 190) one that is missing, unknown, of the other login, ended or expired.
 */
export function tokenOf(state: State, call: Call, parameters: Parameters, login: Login): Token {
  const value = tokenIn(call, parameters)
  // Each host knows the tokens of its own login alone.
  const token = state.tokens.find((one) => one.value === value && one.login === login)
  if (!token) return refuse('190')
  if (token.ended === 'revoked') return refuse('190/458')
  if (token.ended === 'password') return refuse('190/460')
  if (token.expiresAt.getTime() <= state.clock.now().getTime()) return refuse('190/463')
  return token
}

/** The account that a token was granted by. */
export function accountOf(state: State, token: Token): Account {
  const account = state.accounts.find(({ igId }) => igId === token.igId)
  if (!account) return refuse('190/458')
  return account
}

/** Ends every token of an account; calls with one are refused with code 190. */
export function endTokens(state: State, account: Account, why: 'revoked' | 'password'): void {
  for (const token of state.tokens) {
    if (token.igId === account.igId) token.ended ??= why
  }
}
