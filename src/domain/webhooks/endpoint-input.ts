import type { JsonObject } from '../../lib/json.ts'
import type { Context } from '../../kernel/context.ts'
import { invalid, type Detail, type ErrorCode } from '../../kernel/errors.ts'
import { eventTypes } from '../../kernel/event-types.ts'
import type { EndpointRow } from '../../kernel/rows.ts'

/** What an endpoint is made of. `events` null: all of them. */
export interface EndpointInput {
  url: string
  events: string[] | null
  description: string | null
}

/** Checks what a schema cannot: the address, and each event by its name. @throws CroftError */
export function checkEndpoint(ctx: Context, input: Partial<EndpointInput>): void {
  const found: Detail[] = []
  let code: ErrorCode = 'validation_error'
  if (input.url !== undefined) {
    const check = ctx.guard.check(input.url)
    if (!check.ok) {
      found.push({ path: 'url', message: check.message })
      if (check.code === 'address_not_allowed' || check.code === 'invalid_url') code = check.code
    }
  }
  for (const [index, name] of (input.events ?? []).entries()) {
    if (!Object.hasOwn(eventTypes, name))
      found.push({
        path: `events.${index}`,
        message: `${name} is not an event; the events are ${Object.keys(eventTypes).join(', ')}`,
      })
  }
  if (found.length > 0) throw invalid(found, found.length === 1 ? code : 'validation_error')
}

/** An endpoint as the audit trail keeps it. */
export const endpointFacts = (row: EndpointRow): JsonObject => ({
  url: row.url,
  events: row.events,
  description: row.description,
  enabled: row.enabled,
})
