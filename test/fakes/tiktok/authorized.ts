import type { Call } from '../common/calls.ts'
import { refusal } from './errors.ts'
import type { Grant } from './grants.ts'
import { Members } from './members.ts'
import type { Platform } from './platform.ts'
import type { Account, Endpoint, Scope } from './types.ts'

export interface AuthorizedCall {
  account: Account
  grant: Grant
  call: Call
}

/** Checks the access token of a call, the endpoint's rate limit and, if given, that one of the scopes was granted. */
export function authorize(platform: Platform, endpoint: Endpoint, call: Call, anyOf: readonly Scope[] = []): AuthorizedCall {
  const token = /^Bearer (\S+)$/.exec(call.headers.authorization ?? '')?.[1]
  const grant = token === undefined ? null : platform.grants.byAccessToken(token)
  if (token === undefined || !grant)
    throw refusal('access_token_invalid', 'The access token is invalid or not found in the request.')
  platform.rateLimits.count(endpoint, token, platform.settings.callsPerMinute[endpoint])
  requireScope(grant, anyOf)
  return { account: grant.account, grant, call }
}

/** @throws the refusal for a scope that the user has not granted, if none of `anyOf` was */
export function requireScope(grant: Grant, anyOf: readonly Scope[]): void {
  if (anyOf.length > 0 && !anyOf.some((scope) => grant.scopes.includes(scope))) {
    throw refusal('scope_not_authorized', `The user did not authorize the scope required: ${anyOf.join(' or ')}.`)
  }
}

/** The JSON object in the body of a call. */
export function readBody(call: Call): Members {
  const [type = '', ...parameters] = (call.headers['content-type'] ?? '').split(';').map((part) => part.trim().toLowerCase())
  if (type !== 'application/json' || parameters.some((p) => p !== 'charset=utf-8')) {
    throw refusal('invalid_param', 'Content-Type is not application/json; charset=UTF-8')
  }
  try {
    return new Members(JSON.parse(call.body), '')
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw refusal('invalid_param', 'the body is not JSON')
  }
}

/** The names in the `fields` of the query. */
export function readFields<Field extends string>(call: Call, known: readonly Field[]): Field[] {
  const asked = (call.url.searchParams.get('fields') ?? '').split(',').filter((name) => name !== '')
  if (asked.length === 0) throw refusal('invalid_params', 'fields is required')
  return asked.map((name) => {
    const field = known.find((k) => k === name)
    if (field === undefined) throw refusal('invalid_params', `${name} is not a field`)
    return field
  })
}
