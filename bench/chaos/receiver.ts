import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Random } from './random.ts'

export interface Receiver {
  url: (path: string) => string
  /** The `webhook-id`s taken with a 2xx, by path. */
  taken: Map<string, Map<string, number>>
  refused: () => number
  /** From now on everything is taken. */
  calm(): void
  stop(): Promise<void>
}

/** Takes webhooks, but for a third of them, which it refuses, drops or answers too late to matter. */
export async function startReceiver(random: Random): Promise<Receiver> {
  const taken: Receiver['taken'] = new Map()
  let [refused, isCalm] = [0, false]
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const path = request.url ?? '/'
      if (!isCalm && random.chance(1 / 3)) {
        refused += 1
        if (random.chance(0.5)) response.writeHead(random.pick([500, 502, 503, 429])).end()
        else request.socket.destroy()
        return
      }
      const own = taken.get(path) ?? new Map<string, number>()
      const id = String(request.headers['webhook-id'])
      taken.set(path, own.set(id, (own.get(id) ?? 0) + 1))
      response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: (path) => `http://127.0.0.1:${port}${path}`,
    taken,
    refused: () => refused,
    calm() {
      isCalm = true
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
