import { request as requestHttp, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'

/** One GET to an address that `loopbackUrl` has approved; the signal ends the connection. A redirect is not followed. */
export function ask(target: URL, headers: Record<string, string>, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = { headers, signal, agent: false } as const
    // Nobody can hold a certificate for a loopback address.
    const request =
      target.protocol === 'https:'
        ? requestHttps(target, { ...options, rejectUnauthorized: false }, resolve)
        : requestHttp(target, options, resolve)
    request.on('error', reject)
    request.end()
  })
}
