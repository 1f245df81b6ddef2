import { randomBytes } from 'node:crypto'
import { jsonReply, Refusal, type Reply } from '../common/calls.ts'
import { errorTable, type ErrorText } from './error-table.ts'

/** `code` or `code/subcode`, as the error table names it. */
export type ErrorKey = keyof typeof errorTable

export const errorKeys = Object.keys(errorTable) as ErrorKey[]

const textOf = (key: string): ErrorText =>
  (errorTable as Partial<Record<string, ErrorText>>)[key] ?? { message: 'An error of the Graph API' }

interface ErrorOptions {
  status?: number | undefined
  message?: string | undefined
  headers?: Record<string, string> | undefined
  transient?: boolean | undefined
}

/**
 * A refusal in the shape of the Graph API.
 * @param key `code` or `code/subcode`; those outside of the table get a general text
 */
export function errorReply(key: string, { status, message, headers, transient }: ErrorOptions = {}): Reply {
  const of = textOf(key)
  const [code, subcode] = key.split('/').map(Number)
  const error = {
    message: message ?? of.message,
    type: of.type ?? 'OAuthException',
    code,
    ...(subcode === undefined ? {} : { error_subcode: subcode }),
    is_transient: transient ?? of.transient ?? false,
    ...(of.title === undefined ? {} : { error_user_title: of.title, error_user_msg: of.text }),
    fbtrace_id: `A${randomBytes(16).toString('base64url')}`,
  }
  return jsonReply(status ?? of.status ?? 400, { error }, headers)
}

/** Throws the error of the table out of an endpoint. */
export function refuse(key: ErrorKey, message?: string): never {
  throw new Refusal(errorReply(key, { message }))
}

/** The documents do not say how a wrong parameter without a subcode of its own is refused: code 100, with what is wrong. */
export const invalid = (what: string): never => refuse('100', `(#100) ${what}`)

/** The token endpoint of api.instagram.com has its own, flat shape. */
export const flatErrorReply = (message: string, status = 400): Reply =>
  jsonReply(status, { error_type: 'OAuthException', code: status, error_message: message })
