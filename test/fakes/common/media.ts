import { createHash } from 'node:crypto'
import { request as requestHttp, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIPv4 } from 'node:net'

/** Public origins and the loopback origins that stand for them: `{ 'https://media.example.com': 'http://127.0.0.1:8080' }`. */
export type OriginMap = Readonly<Record<string, string>>

export interface FetchedMedia {
  status: number
  headers: IncomingHttpHeaders
  /** Bytes of the body. */
  size: number
  /** Hex SHA-256 of the body. */
  sha256: string
  /** The first bytes, at most `headBytes`. */
  head: Buffer
}

/** Refuses to send anything to an address that is not on this machine. */
export class NotLoopback extends Error {}

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'))

/**
 * The address on this machine that stands for `url`.
 * @throws NotLoopback if there is none
 */
export function loopbackUrl(url: string, origins: OriginMap = {}): URL {
  const asked = new URL(url)
  const mapped = origins[asked.origin]
  const target = mapped === undefined ? asked : new URL(asked.pathname + asked.search, mapped)
  if (!isLoopback(target.hostname))
    throw new NotLoopback(`${url} does not lead to a loopback address, and no origin is mapped to one`)
  if (target.hostname === 'localhost') target.hostname = '127.0.0.1'
  return target
}

/** What a request on loopback is answered, with its body still to be read. A redirect is not followed. */
export function loopbackRequest(
  target: URL,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<IncomingMessage> {
  if (!isLoopback(target.hostname)) throw new NotLoopback(`${target.href} is not a loopback address`)
  return new Promise((resolve, reject) => {
    const options = { method, headers, agent: false } as const
    // Nobody can hold a certificate for a loopback address.
    const request =
      target.protocol === 'https:'
        ? requestHttps(target, { ...options, rejectUnauthorized: false }, resolve)
        : requestHttp(target, options, resolve)
    request.on('error', reject)
    request.end(body)
  })
}

/**
 * Fetches media as the platform would, on loopback alone, and keeps its digest rather than its bytes. Redirects are not
 * followed; the caller judges the status.
 * @throws NotLoopback, or the connection's error
 */
export async function fetchMedia(
  url: string,
  {
    origins,
    headers,
    method,
    headBytes = 4096,
  }: { origins?: OriginMap; headers?: Record<string, string>; method?: 'GET' | 'HEAD'; headBytes?: number } = {},
): Promise<FetchedMedia> {
  const response = await loopbackRequest(loopbackUrl(url, origins), {
    ...(method === undefined ? {} : { method }),
    ...(headers === undefined ? {} : { headers }),
  })
  const digest = createHash('sha256')
  const parts: Buffer[] = []
  let size = 0
  for await (const part of response as AsyncIterable<Buffer>) {
    digest.update(part)
    if (size < headBytes) parts.push(part.subarray(0, headBytes - size))
    size += part.length
  }
  const head = Buffer.concat(parts)
  return { status: response.statusCode ?? 0, headers: response.headers, size, sha256: digest.digest('hex'), head }
}
