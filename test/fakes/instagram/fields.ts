import { refuse } from './errors.ts'
import type { Parameters } from './parameters.ts'

/**
 * The members that `fields` asks for; `id` always stands among them. A field without a value is left out.
 * Refuses (code 100) a field that objects of this type do not have.
 */
export function selectFields(parameters: Parameters, type: string, values: Record<string, unknown>): Record<string, unknown> {
  const asked = (parameters.fields ?? '').split(/,(?![^{]*\})/).map((name) => name.replace(/\{.*$/, '').trim())
  const names = asked.filter((name) => name !== '')
  for (const name of names) {
    if (!Object.hasOwn(values, name)) refuse('100', `(#100) Tried accessing nonexisting field (${name}) on node type (${type})`)
  }
  const chosen = [...new Set([...names, 'id'])].map((name) => [name, values[name]] as const)
  return Object.fromEntries(chosen.filter(([, value]) => value !== undefined && value !== null))
}
