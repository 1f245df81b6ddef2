import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

export interface MediaOrigin {
  /** `http://127.0.0.1:PORT` */
  origin: string
  files: Map<string, Buffer>
  /** Method, path and range of each request. */
  asked: string[]
  /** Whether range requests are answered with 206. */
  ranges: boolean
  /** Where every request is redirected to. */
  redirect: string | null
}

/** Serves files on loopback, as the client's media server would. */
export async function startMediaOrigin(t: TestContext, files: Record<string, Buffer>): Promise<MediaOrigin> {
  const media: MediaOrigin = { origin: '', files: new Map(Object.entries(files)), asked: [], ranges: true, redirect: null }
  const server = createServer((request, response) => {
    media.asked.push(`${String(request.method)} ${String(request.url)} ${request.headers.range ?? ''}`.trim())
    const file = media.files.get(request.url ?? '')
    if (media.redirect !== null) return void response.writeHead(302, { location: media.redirect }).end()
    if (!file) return void response.writeHead(404).end()
    const range = media.ranges ? /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') : null
    if (!range) return void response.writeHead(200, { 'content-length': file.length }).end(file)
    const [first, last] = [Number(range[1]), Math.min(Number(range[2]), file.length - 1)]
    const part = file.subarray(first, last + 1)
    response.writeHead(206, { 'content-range': `bytes ${first}-${last}/${file.length}`, 'content-length': part.length }).end(part)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  media.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  t.after(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return media
}
