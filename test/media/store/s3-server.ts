import { createHash } from 'node:crypto'
import type { IncomingMessage, RequestListener } from 'node:http'
import { buffer } from 'node:stream/consumers'

/** The part of S3's REST interface that the store speaks, in memory. */
export interface FakeS3 {
  listener: RequestListener
  objects: Map<string, Buffer>
  /** `METHOD /bucket/key?query` of each request. */
  asked: string[]
}

export function fakeS3(): FakeS3 {
  const objects = new Map<string, Buffer>()
  const uploads = new Map<string, Map<number, Buffer>>()
  const asked: string[] = []
  const xml = (text: string) => `<?xml version="1.0"?>${text}`
  const tag = (bytes: Buffer) => `"${createHash('md5').update(bytes).digest('hex')}"`

  const answer = async (
    request: IncomingMessage,
  ): Promise<{ status: number; headers?: Record<string, string>; body?: Buffer | string }> => {
    const url = new URL(request.url ?? '', 'http://s3')
    const key = url.pathname
    const upload = url.searchParams.get('uploadId')
    asked.push(`${request.method ?? ''} ${key}`)
    if (!(request.headers.authorization ?? '').startsWith('AWS4-HMAC-SHA256 Credential=key/')) return { status: 403 }
    const body = await buffer(request)
    switch (request.method) {
      case 'POST': {
        if (upload === null) {
          const id = String(uploads.size + 1)
          uploads.set(id, new Map())
          return {
            status: 200,
            body: xml(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`),
          }
        }
        const parts = [...(uploads.get(upload) ?? [])].sort(([a], [b]) => a - b)
        objects.set(key, Buffer.concat(parts.map(([, bytes]) => bytes)))
        return { status: 200, body: xml(`<CompleteMultipartUploadResult><Key>a</Key></CompleteMultipartUploadResult>`) }
      }
      case 'PUT': {
        if (upload === null) objects.set(key, body)
        else uploads.get(upload)?.set(Number(url.searchParams.get('partNumber')), body)
        return { status: 200, headers: { etag: tag(body) } }
      }
      case 'DELETE':
        objects.delete(key)
        return { status: 204 }
      default: {
        if (url.searchParams.has('list-type')) {
          const prefix = `${key}/`.replace('//', '/') + (url.searchParams.get('prefix') ?? '')
          const found = [...objects].filter(([name]) => name.startsWith(prefix))
          const rows = found.map(
            ([name, { byteLength }]) =>
              `<Contents><Key>${name.split('/').slice(2).join('/')}</Key><Size>${byteLength}</Size><LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>`,
          )
          return {
            status: 200,
            body: xml(`<ListBucketResult><IsTruncated>false</IsTruncated>${rows.join('')}</ListBucketResult>`),
          }
        }
        const found = objects.get(key)
        if (!found) return { status: 404, body: request.method === 'HEAD' ? '' : xml('<Error><Code>NoSuchKey</Code></Error>') }
        const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')
        const part = range ? found.subarray(Number(range[1]), Number(range[2]) + 1) : found
        const headers = { 'content-length': String(part.byteLength), etag: tag(found) }
        return { status: range ? 206 : 200, headers, body: request.method === 'HEAD' ? '' : part }
      }
    }
  }
  const listener: RequestListener = (request, response) => {
    answer(request).then(
      ({ status, headers, body }) => response.writeHead(status, headers).end(body),
      () => response.destroy(),
    )
  }
  return { listener, objects, asked }
}
