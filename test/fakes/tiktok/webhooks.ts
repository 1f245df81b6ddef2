import { createHmac } from 'node:crypto'
import type { Clock } from '../../../src/lib/clock.ts'
import { loopbackRequest, loopbackUrl, type OriginMap } from '../common/media.ts'
import { toJson } from './json.ts'
import type { App, Settings } from './platform.ts'
import type { PublishTask } from './types.ts'

export interface WebhookEvent {
  event: string
  openId: string
  createdAt: Date
  /** The members of `content`, which is sent as a JSON string. */
  content: Record<string, unknown>
}

/** One sending of an event. */
export interface Delivery {
  event: WebhookEvent
  body: string
  signature: string
  /** The receiver's status; null if there was no reply. */
  status: number | null
}

export interface DeliveryOptions {
  order?: 'as-happened' | 'reversed'
  /** How often each event is sent. */
  copies?: number
  /** Only these events; the others go on waiting. */
  only?: (event: WebhookEvent) => boolean
  /** Signs with another secret. */
  secret?: string
  /** The time in the signature, by default now. */
  signedAt?: Date
}

// The documents write each of these names in one of two ways.
const otherSpelling: Record<string, string> = {
  'post.publish.publicly_available': 'post.publish.publicaly_available',
  'post.publish.no_longer_publicaly_available': 'post.publish.no_longer_publicly_available',
}

/** `TikTok-Signature` of a raw body. */
export function signature(secret: string, body: string, at: Date): string {
  const seconds = Math.floor(at.getTime() / 1000)
  return `t=${seconds},s=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`
}

/** Tells the app's callback URL what happened. An event that is not answered with 200 waits for the next `deliver()`. */
export class Webhooks {
  /** The callback URL of the app; null sends nothing, and events wait. */
  url: string | null = null
  /** Whether events are sent as they happen, or wait for `deliver()`. */
  automatic = true
  /** Events that wait to be sent, or sent again. */
  readonly waiting: WebhookEvent[] = []
  readonly deliveries: Delivery[] = []
  #sending: Promise<unknown> = Promise.resolve()
  readonly #broken: unknown[] = []
  readonly #clock: Clock
  readonly #app: App
  readonly #settings: Settings
  readonly #origins: OriginMap

  constructor(clock: Clock, app: App, settings: Settings, origins: OriginMap) {
    this.#clock = clock
    this.#app = app
    this.#settings = settings
    this.#origins = origins
  }

  /** Something happened to a user. Events of other kinds, such as `video.upload.failed`, can be emitted too. */
  emit(name: string, openId: string, content: Record<string, unknown>): void {
    const event = this.#settings.spelling === 'other' ? (otherSpelling[name] ?? name) : name
    this.waiting.push({ event, openId, createdAt: this.#clock.now(), content })
    if (this.automatic && this.url !== null) this.deliver().catch((error: unknown) => void this.#broken.push(error))
  }

  /** Something happened to a task. */
  emitFor({ publishId, mode, account }: PublishTask, name: string, content: Record<string, unknown>): void {
    // The type of a direct post is not documented.
    const publishType = mode === 'draft' ? 'INBOX_SHARE' : 'DIRECT_PUBLISH'
    this.emit(name, account.openId, { ...content, publish_id: publishId, publish_type: publishType })
  }

  /** Sends what waits, one request after another. @returns what was sent; those not answered with 200 wait again */
  async deliver({ order = 'as-happened', copies = 1, only = () => true, secret, signedAt }: DeliveryOptions = {}): Promise<
    Delivery[]
  > {
    const send = async (): Promise<Delivery[]> => {
      const due = this.waiting.filter(only)
      for (const event of due) this.waiting.splice(this.waiting.indexOf(event), 1)
      if (order === 'reversed') due.reverse()
      const sent: Delivery[] = []
      for (const event of due) {
        for (let copy = 0; copy < copies; copy += 1)
          sent.push(await this.#send(event, secret ?? this.#app.clientSecret, signedAt))
        if (!sent.some((delivery) => delivery.event === event && delivery.status === 200)) this.waiting.push(event)
      }
      return sent
    }
    const result = this.#sending.then(send)
    // The caller gets the error of its delivery; the next one is sent all the same.
    this.#sending = result.catch(() => undefined)
    return result
  }

  /** Resolves once what is being sent is answered. @throws if an automatic delivery could not be sent at all */
  async settled(): Promise<void> {
    await this.#sending
    if (this.#broken.length > 0) throw new AggregateError(this.#broken.splice(0), 'webhooks could not be sent')
  }

  async #send(event: WebhookEvent, secret: string, at = this.#clock.now()): Promise<Delivery> {
    if (this.url === null) throw new Error('the app has no callback URL')
    const body = toJson({
      client_key: this.#app.clientKey,
      event: event.event,
      create_time: Math.floor(event.createdAt.getTime() / 1000),
      user_openid: event.openId,
      content: toJson(event.content),
    })
    const signed = signature(secret, body, at)
    const delivery = { event, body, signature: signed, status: await this.#post(this.url, body, signed) }
    this.deliveries.push(delivery)
    return delivery
  }

  async #post(url: string, body: string, signed: string): Promise<number | null> {
    const target = loopbackUrl(url, this.#origins)
    const headers = { 'content-type': 'application/json', 'tiktok-signature': signed }
    try {
      const response = await loopbackRequest(target, { method: 'POST', headers, body })
      response.resume()
      return response.statusCode ?? null
    } catch {
      // No reply: the event waits to be sent again.
      return null
    }
  }
}
