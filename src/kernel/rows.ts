import type { Selectable } from 'kysely'
import type { Tables } from '../db/schema.ts'

export type TeamRow = Selectable<Tables['teams']>
export type ProfileRow = Selectable<Tables['profiles']>
export type TaskRow = Selectable<Tables['tasks']>
export type PostRow = Selectable<Tables['posts']>
export type MediaRow = Selectable<Tables['media']>
export type ApiKeyRow = Selectable<Tables['api_keys']>
export type PhoneRow = Selectable<Tables['phones']>
export type CreditEntryRow = Selectable<Tables['credit_entries']>
export type BundleRow = Selectable<Tables['bundles']>
export type BundleAccountRow = Selectable<Tables['bundle_accounts']>
export type VideoSlotRow = Selectable<Tables['video_slots']>
export type EditRequestRow = Selectable<Tables['edit_requests']>
export type EventRow = Selectable<Tables['events']>
export type AuditRow = Selectable<Tables['audit']>
export type EndpointRow = Selectable<Tables['webhook_endpoints']>
export type DeliveryRow = Selectable<Tables['deliveries']>
export type DeliveryTryRow = Selectable<Tables['delivery_tries']>
