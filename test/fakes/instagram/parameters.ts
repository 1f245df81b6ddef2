import type { Call } from '../common/calls.ts'
import { invalid } from './errors.ts'

export type Parameters = Record<string, string>

/**
 * The parameters of a call: those of the query and those of the body, which may be a form, multipart or JSON.
 * Booleans and lists of a JSON body become the text that a form would carry.
 */
export function parametersOf(call: Call): Parameters {
  const query = Object.fromEntries(call.url.searchParams)
  return { ...query, ...bodyParameters(call) }
}

function bodyParameters({ body, headers }: Call): Parameters {
  const type = headers['content-type'] ?? ''
  if (body === '') return {}
  if (type.startsWith('application/json')) return ofJson(body)
  if (type.startsWith('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(body))
  if (type.startsWith('multipart/form-data')) return ofMultipart(body, type)
  return invalid(`The body has the type '${type}', which is not a form and not JSON`)
}

/** The text parts of a multipart body. */
function ofMultipart(body: string, type: string): Parameters {
  const boundary = /boundary="?(?<boundary>[^";]+)/.exec(type)?.groups?.boundary ?? invalid('The body has no boundary')
  const parts = body.split(`--${boundary}`).slice(1, -1)
  const pairs = parts.map((part) => {
    const end = part.indexOf('\r\n\r\n')
    return [/name="(?<name>[^"]*)"/.exec(part.slice(0, end))?.groups?.name ?? '', part.slice(end + 4, -2)] as const
  })
  return Object.fromEntries(pairs)
}

function ofJson(body: string): Parameters {
  const value = parseJson(body)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return invalid('The body is not a JSON object')
  const texts = Object.entries(value).map(([name, one]) => [name, typeof one === 'string' ? one : JSON.stringify(one)])
  return Object.fromEntries(texts) as Parameters
}

/** Text as JSON; undefined if it is not. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** The access token of a call: a parameter, or the `Authorization` header with Bearer or OAuth. */
export function tokenIn(call: Call, parameters: Parameters): string | null {
  const header = /^(?:Bearer|OAuth) (?<token>\S+)$/.exec(call.headers.authorization ?? '')
  return parameters.access_token ?? header?.groups?.token ?? null
}

/** A required parameter. */
export const required = (parameters: Parameters, name: string): string =>
  parameters[name] ?? invalid(`The parameter ${name} is required`)

/** `true` or `false`; the documents write both in lower case. */
export function booleanOf(parameters: Parameters, name: string): boolean | null {
  const text = parameters[name]
  if (text === undefined) return null
  if (text !== 'true' && text !== 'false') return invalid(`Param ${name} must be a boolean`)
  return text === 'true'
}

/** A list: JSON, or names with commas between them. */
export function listOf(text: string): unknown[] {
  const value = parseJson(text)
  if (Array.isArray(value)) return value as unknown[]
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
}
