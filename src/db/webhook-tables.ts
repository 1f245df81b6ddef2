import type { Generated } from 'kysely'

/** Who receives events, and what was sent to whom. */
export interface WebhookTables {
  webhook_endpoints: WebhookEndpointTable
  webhook_endpoint_secrets: WebhookEndpointSecretTable
  webhook_lanes: WebhookLaneTable
  deliveries: DeliveryTable
  delivery_tries: DeliveryTryTable
}

interface WebhookEndpointTable {
  team_id: string
  id: string
  url: string
  /** The types that it receives; null for all. */
  events: string[] | null
  description: string | null
  enabled: boolean
  disabled_reason: 'team' | 'failing' | 'gone' | null
  failing_since: Date | null
  from_xid: Generated<string>
  created_at: Date
  updated_at: Date
}

interface WebhookEndpointSecretTable {
  team_id: string
  endpoint_id: string
  id: string
  secret: Buffer
  created_at: Date
  expires_at: Date | null
}

/** A receiver: `id` is an endpoint's id, or the host of a post's own webhook URL. */
interface WebhookLaneTable {
  team_id: string
  id: string
  due_at: Date | null
  rest_until: Date | null
  failures: Generated<number>
  holder: string | null
  /** By the database's clock. */
  held_until: Date | null
}

interface DeliveryTable {
  team_id: string
  id: string
  endpoint_id: string | null
  event_id: string | null
  task_id: string | null
  lane: string
  type: Generated<string>
  url: string
  body: string
  status: 'pending' | 'delivered' | 'failed'
  tries: Generated<number>
  tries_before: Generated<number>
  next_try_at: Date | null
  created_at: Date
  ended_at: Date | null
}

interface DeliveryTryTable {
  team_id: string
  delivery_id: string
  n: number
  status: number | null
  error: string | null
  response: string | null
  duration_ms: number
  created_at: Date
}
