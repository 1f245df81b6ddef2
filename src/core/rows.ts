import type { Selectable } from 'kysely'
import type { Tables } from '../db/schema.ts'

export type TeamRow = Selectable<Tables['teams']>
export type ProfileRow = Selectable<Tables['profiles']>
export type TaskRow = Selectable<Tables['tasks']>
export type PostRow = Selectable<Tables['posts']>
export type MediaRow = Selectable<Tables['media']>
export type ApiKeyRow = Selectable<Tables['api_keys']>
export type EventRow = Selectable<Tables['events']>
export type AuditRow = Selectable<Tables['audit']>
export type EndpointRow = Selectable<Tables['webhook_endpoints']>
export type DeliveryRow = Selectable<Tables['deliveries']>
export type DeliveryTryRow = Selectable<Tables['delivery_tries']>
