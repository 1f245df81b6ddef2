import { Agent } from 'undici'
import { guardedConnector } from './connect.ts'
import { guardedFetch } from './fetch.ts'
import type { Guard, GuardOptions } from './types.ts'

/** How long a body may pause between two bytes, in milliseconds. */
const pauseMs = 30_000

/** The client behind a guard: it connects to addresses that the guard allows, and to no others. */
export function openClient(options: GuardOptions, check: Guard['check']): Pick<Guard, 'fetch' | 'close'> {
  const agent = new Agent({ connect: guardedConnector(options), allowH2: false, bodyTimeout: pauseMs, headersTimeout: 0 })
  return {
    fetch: (url, request) => guardedFetch({ agent, check }, url, request),
    close: () => agent.destroy(),
  }
}
