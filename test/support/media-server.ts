import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const samples = new URL('../../examples/', import.meta.url)
const fixtures = new URL('../fixtures/media/', import.meta.url)
const types: Record<string, string> = { mp4: 'video/mp4', zip: 'application/zip', mov: 'video/quicktime', webm: 'video/webm' }

export interface MediaServer {
  /** The address of a file of examples/ or test/fixtures/media/. */
  url: (name: string) => string
  /** The paths that were asked for, in order. */
  asked: string[]
  /** What the next request is answered instead of the file; the first added comes first. */
  instead: ((request: IncomingMessage, response: ServerResponse) => void)[]
  stop(): Promise<void>
}

const fileOf = (name: string): Promise<Buffer> => readFile(new URL(name, samples)).catch(() => readFile(new URL(name, fixtures)))

/** Serves the sample files on loopback. */
export async function startMediaServer(): Promise<MediaServer> {
  const asked: string[] = []
  const instead: MediaServer['instead'] = []
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    asked.push(path)
    const other = instead.shift()
    if (other) {
      other(request, response)
      return
    }
    fileOf(path.slice(1)).then(
      (bytes) => {
        const type = types[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
        response.writeHead(200, { 'content-type': type, 'content-length': bytes.length }).end(bytes)
      },
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: (name) => `http://127.0.0.1:${port}/${name}`,
    asked,
    instead,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
