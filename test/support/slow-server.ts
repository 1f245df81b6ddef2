import { createServer, type ServerResponse } from 'node:http'
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'

export interface SlowServer {
  url: (name: string) => string
  /** Answers that are under way. */
  open: () => number
  /** The most that were under way at once. */
  peak: () => number
  /** From now on every answer is the sample video, those under way first. */
  release(): void
  stop(): Promise<void>
}

/** A server that begins each answer, as a video of a gigabyte, and sends a byte of it now and then. */
export async function startSlowServer(everyMs = 200): Promise<SlowServer> {
  const video = await readFile(new URL('../../examples/sample.mp4', import.meta.url))
  const under = new Map<ServerResponse, NodeJS.Timeout>()
  let [peak, slow] = [0, true]
  const server = createServer((_request, response) => {
    if (!slow) return void response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': video.length }).end(video)
    response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': 1e9 })
    let at = 0
    const timer = setInterval(() => void response.write(video.subarray(at, (at += 1))), everyMs)
    under.set(response, timer)
    peak = Math.max(peak, under.size)
    response.on('close', () => {
      clearInterval(timer)
      under.delete(response)
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: (name) => `http://127.0.0.1:${port}/${name}`,
    open: () => under.size,
    peak: () => peak,
    release() {
      slow = false
      for (const response of under.keys()) response.destroy()
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
