import type { JsonObject } from '../../lib/json.ts'

/** The member that names what the events of a family are about. */
const memberOf = new Map([
  ['profile', 'profile_id'],
  ['warmup', 'profile_id'],
  ['post', 'task_id'],
  ['bundle', 'bundle_id'],
  ['edit_request', 'edit_request_id'],
  ['webhook_endpoint', 'endpoint_id'],
])

/** What an event is about, as `profile ID`; all of a team's credits are one thing. Only events of one thing are ordered. */
export function subjectOf(type: string, data: JsonObject): string {
  const [family = type] = type.split('.')
  const kind = family === 'warmup' ? 'profile' : family
  const member = memberOf.get(family)
  const id = member === undefined ? undefined : data[member]
  return typeof id === 'string' ? `${kind} ${id}` : kind
}
