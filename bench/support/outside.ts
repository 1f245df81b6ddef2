import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Outside {
  /** Accepts, and never answers. */
  silent: string
  /** Answers 404 at once. */
  gone: string
  video: string
  webhook: string
  stop(): void
}

/** The world that Croft meets: a server of media and a receiver of webhooks. */
export async function startOutside(): Promise<Outside> {
  const video = await readFile(new URL('../../examples/sample.mp4', import.meta.url))
  const server = createServer((request, response) => {
    if (request.url === '/silent.mp4') return
    if (request.url === '/webhook') request.resume().on('end', () => response.writeHead(204).end())
    else if (request.url === '/video.mp4')
      response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': video.length }).end(video)
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const at = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${path}`
  return {
    silent: at('silent.mp4'),
    gone: at('gone.mp4'),
    video: at('video.mp4'),
    webhook: at('webhook'),
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}
