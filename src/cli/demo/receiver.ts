import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface ReceivedWebhook {
  headers: Record<string, string>
  body: string
}

/** A receiver of webhooks, as a customer would run one. */
export interface Receiver {
  url: string
  /** The webhook for the path, as soon as it arrives. */
  received(path: string): Promise<ReceivedWebhook>
  stop(): Promise<void>
}

const plainHeaders = (request: IncomingMessage): Record<string, string> =>
  Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))

/** Listens on a free port of this machine. */
export async function startReceiver(): Promise<Receiver> {
  const arrived = new Map<string, ReceivedWebhook>()
  const news = new EventEmitter()
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      arrived.set(request.url ?? '', { headers: plainHeaders(request), body })
      response.writeHead(204).end()
      news.emit('webhook')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async received(path) {
      for (;;) {
        const webhook = arrived.get(path)
        if (webhook) return webhook
        await once(news, 'webhook')
      }
    },
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
