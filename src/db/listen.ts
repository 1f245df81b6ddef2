import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'

/** What is done with the notifications of one channel. */
export interface Subscriber {
  channel: string
  /** The connection listens. A rejection ends the connection, and another one is opened. */
  connected(client: pg.Client): Promise<void>
  notified(client: pg.Client): Promise<void>
  /** The connection is gone: from here on notifications are missed. */
  disconnected(): void
}

const reconnectMs = 500

/** One connection from its beginning to its end. */
async function listenOnce(
  client: pg.Client,
  subscriber: Subscriber,
  onError: (error: Error) => void,
  onConnected: () => void,
): Promise<void> {
  const ended = new Promise<void>((resolve) => client.once('end', resolve))
  const give = (work: Promise<void>) =>
    work.catch((error: unknown) => {
      onError(error instanceof Error ? error : new Error(String(error)))
      void client.end().catch(onError)
    })
  client.once('end', () => subscriber.disconnected())
  // An error ends the connection; without a listener it would end the process.
  client.on('error', onError)
  client.on('notification', () => void give(subscriber.notified(client)))
  try {
    await client.connect()
    await client.query(`listen ${pg.escapeIdentifier(subscriber.channel)}`)
  } catch (error) {
    void client.end().catch(onError)
    throw error
  }
  onConnected()
  await give(subscriber.connected(client))
  await ended
}

/**
 * Listens on a connection of its own, and on a new one when that is lost.
 * @param onError gets the reason why a connection was lost, and once why no new one can be had
 * @returns what stops it
 */
export function startListening(
  options: pg.ClientConfig,
  subscriber: Subscriber,
  onError: (error: Error) => void,
): () => Promise<void> {
  const stopping = new AbortController()
  let client: pg.Client | null = null
  let told = false
  const tell = (error: Error) => {
    if (!told && !stopping.signal.aborted) onError(error)
    told = true
  }
  const run = async () => {
    while (!stopping.signal.aborted) {
      client = new pg.Client(options)
      await listenOnce(client, subscriber, tell, () => (told = false)).catch(tell)
      await pause(reconnectMs, undefined, { signal: stopping.signal, ref: false }).catch(() => null)
    }
  }
  const running = run()
  return async () => {
    stopping.abort()
    await client?.end().catch(tell)
    await running
  }
}
