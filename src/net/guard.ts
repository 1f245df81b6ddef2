import { Agent } from 'undici'
import { checkUrl } from './check.ts'
import { guardedConnector } from './connect.ts'
import { guardedFetch } from './fetch.ts'
import type { Guard, GuardOptions } from './types.ts'

/** How long a body may pause between two bytes, in milliseconds. */
const pauseMs = 30_000

/** The guard that every user-supplied URL goes through. It holds connections: close it. */
export function createGuard(options: GuardOptions): Guard {
  const agent = new Agent({ connect: guardedConnector(options), allowH2: false, bodyTimeout: pauseMs, headersTimeout: 0 })
  const check = (url: string) => checkUrl(url, options.allowPrivateNetwork)
  return {
    check,
    fetch: (url, request) => guardedFetch({ agent, check }, url, request),
    close: () => agent.destroy(),
  }
}
