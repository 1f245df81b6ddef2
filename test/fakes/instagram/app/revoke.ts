import { randomBytes } from 'node:crypto'
import { postSignedRequest, signRequest, type CallbackReply } from '../oauth/signed-request.ts'
import type { Account, State } from '../state.ts'
import { endTokens } from '../tokens.ts'

export interface CallbackOptions {
  /** Signs with another secret than the app's: a forgery. */
  secret?: string
  /** Members of the payload that replace its own. */
  payload?: object
  /** Another address than the one that is registered. */
  url?: string
}

/** The payload of Meta's callbacks, signed. `user_id` is the account's id for the app. */
export function signedRequestFor(
  state: State,
  account: Account,
  { secret = state.app.secret, payload = {} }: CallbackOptions = {},
): string {
  const issued = Math.floor(state.clock.now().getTime() / 1000)
  return signRequest(
    { algorithm: 'HMAC-SHA256', issued_at: issued, user_id: account.scopedId, nonce: randomBytes(6).toString('hex'), ...payload },
    secret,
  )
}

/**
 * The owner removes the app: every token ends (190/458), and Meta posts to the deauthorise callback.
 * @returns what the callback answered; null if no address is registered
 */
export async function removeApp(state: State, account: Account, options: CallbackOptions = {}): Promise<CallbackReply | null> {
  endTokens(state, account, 'revoked')
  return post(state, account, options.url ?? state.app.deauthorizeUrl, options)
}

/** The owner asks that the app deletes their data. The callback answers JSON with `url` and `confirmation_code`. */
export const requestDeletion = (state: State, account: Account, options: CallbackOptions = {}): Promise<CallbackReply | null> =>
  post(state, account, options.url ?? state.app.dataDeletionUrl, options)

async function post(state: State, account: Account, url: string | null, options: CallbackOptions): Promise<CallbackReply | null> {
  if (url === null) return null
  return postSignedRequest(url, signedRequestFor(state, account, options), state.settings.origins)
}
