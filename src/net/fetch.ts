import { Headers, fetch, type Agent, type Response } from 'undici'
import { readBody } from './body.ts'
import { Deadline } from './deadline.ts'
import { explain } from './explain.ts'
import { FetchProblem } from './problem.ts'
import type { GuardedRequest, GuardedResponse, UrlCheck } from './types.ts'

interface GuardedTransport {
  agent: Agent
  check: (url: string) => UrlCheck
}

/** What may be sent to another origin: nothing that identifies the caller. */
const carried = ['accept', 'accept-encoding', 'accept-language', 'range', 'user-agent']

/** Fetches through the guard's agent. Redirects are followed here, so that each one is checked like a URL of the user's. */
export async function guardedFetch(
  transport: GuardedTransport,
  given: string | URL,
  request: GuardedRequest,
): Promise<GuardedResponse> {
  const deadline = new Deadline(request)
  try {
    return await follow(transport, given, request, deadline)
  } catch (error) {
    deadline.done()
    throw error
  }
}

async function follow(
  transport: GuardedTransport,
  given: string | URL,
  request: GuardedRequest,
  deadline: Deadline,
): Promise<GuardedResponse> {
  const method = (request.method ?? 'GET').toUpperCase()
  const hops = method === 'GET' || method === 'HEAD' ? (request.maxRedirects ?? 0) : 0
  let url = allow(transport, String(given))
  let headers = new Headers(request.headers)
  for (let hop = 0; ; hop++) {
    const response = await send(transport.agent, url, { method, headers, body: request.body ?? null, deadline })
    const target = redirectOf(response, url)
    if (target === null) return answer(response, url, request, deadline)
    await response.body?.cancel()
    if (hop >= hops) throw tooMany(response.status, hops)
    const next = allow(transport, target, 'the server redirects elsewhere: ')
    if (next.origin !== url.origin) headers = new Headers([...headers].filter(([name]) => carried.includes(name)))
    url = next
  }
}

interface Asking {
  method: string
  headers: Headers
  body: GuardedRequest['body'] | null
  deadline: Deadline
}

async function send(agent: Agent, url: URL, asking: Asking): Promise<Response> {
  const { method, headers, deadline } = asking
  const body = asking.body ?? null
  const streamed = typeof body === 'object' && body !== null && Symbol.asyncIterator in body
  try {
    return await deadline.untilFirstByte(() =>
      fetch(url, {
        method,
        headers,
        body,
        redirect: 'manual',
        dispatcher: agent,
        signal: deadline.signal,
        ...(streamed && { duplex: 'half' }),
      }),
    )
  } catch (error) {
    throw explain(error, deadline, url)
  }
}

function allow(transport: GuardedTransport, text: string, before = ''): URL {
  const checked = transport.check(text)
  if (!checked.ok) throw new FetchProblem(checked.code, before + checked.message)
  return checked.url
}

function redirectOf(response: Response, from: URL): string | null {
  if (![301, 302, 303, 307, 308].includes(response.status)) return null
  const location = response.headers.get('location')
  return location === null ? null : (URL.parse(location, from.href)?.href ?? location)
}

function tooMany(status: number, hops: number): FetchProblem {
  const why = hops === 0 ? 'redirects are not followed here' : `more than ${hops} redirects are not followed`
  return new FetchProblem('too_many_redirects', `the server answered ${status}, a redirect, and ${why}; give the final URL`)
}

function answer(response: Response, url: URL, request: GuardedRequest, deadline: Deadline): GuardedResponse {
  const body = readBody(response, {
    url,
    deadline,
    maxBytes: request.maxBytes ?? Infinity,
    leastSpeed: request.leastSpeed ?? { bytes: 0, ms: Infinity },
  })
  const bytes = async () => {
    const chunks: Uint8Array[] = []
    for await (const chunk of body) chunks.push(chunk)
    return Buffer.concat(chunks)
  }
  return {
    status: response.status,
    headers: response.headers,
    url,
    body,
    bytes,
    text: async () => (await bytes()).toString('utf8'),
    cancel: async () => {
      deadline.done()
      if (!response.bodyUsed) await response.body?.cancel()
    },
  }
}
