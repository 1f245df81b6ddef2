import { Webhook } from 'standardwebhooks'
import type { TestCroft } from '../../support/croft.ts'
import type { Received } from '../../support/webhook-receiver.ts'

export interface Endpoint {
  endpoint_id: string
  secret: string
  enabled: boolean
  disabled_reason: string | null
}

/** Registers an endpoint of the team whose key it is. */
export async function register(croft: TestCroft, key: string, url: string, events?: string[]): Promise<Endpoint> {
  const body = { url, ...(events ? { events } : {}) }
  const answer = await croft.request('POST', '/v1/webhook-endpoints', body, { 'x-api-key': key })
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body))
  return answer.body as Endpoint
}

/** Whether the secret signed what was received; the clock of the test may stand elsewhere than the library's. */
export function signedBy(secret: string, { headers, body }: Received): boolean {
  const [id, time] = [headers['webhook-id'], headers['webhook-timestamp']]
  if (typeof id !== 'string' || typeof time !== 'string') return false
  const expected = new Webhook(secret).sign(id, new Date(Number(time) * 1_000), body)
  return String(headers['webhook-signature']).split(' ').includes(expected)
}
