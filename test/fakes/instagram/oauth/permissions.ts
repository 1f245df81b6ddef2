import { jsonReply, type Call, type Reply } from '../../common/calls.ts'
import { hostLogin } from '../hosts.ts'
import { parametersOf } from '../parameters.ts'
import type { State } from '../state.ts'
import { accountOf, endTokens, tokenOf } from '../tokens.ts'
import { ownAccount } from '../user.ts'

/**
 * `DELETE /me/permissions` or `/{ig_id}/permissions`: the app gives its authorisation back; every token of the account ends.
 * The documents describe this call for Facebook Login; it is taken at both hosts.
 */
export function deletePermissions(state: State, call: Call): Reply {
  const sent = parametersOf(call)
  const token = tokenOf(state, call, sent, hostLogin(call))
  ownAccount(state, token, call.params.id)
  endTokens(state, accountOf(state, token), 'revoked')
  return jsonReply(200, { success: true })
}
