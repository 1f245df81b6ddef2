import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

/** A request that a fake received. */
export interface RecordedRequest {
  at: Date
  /** The endpoint's name, as fault switches use it; null for an address that the platform does not have. */
  endpoint: string | null
  method: string
  /** With the query. */
  path: string
  headers: IncomingHttpHeaders
  /** The body as text; empty for endpoints that take bytes, where only `bodyBytes` is counted. */
  body: string
  bodyBytes: number
  /** The status of the reply; null as long as there is none, and if it was lost. */
  status: number | null
}

/** A request as an endpoint gets it. */
export interface Call {
  method: string
  url: URL
  /** The named groups of the route's path. */
  params: Record<string, string>
  headers: IncomingHttpHeaders
  /** The body as text; empty for endpoints that stream. */
  body: string
  /** The request itself, for endpoints that stream. */
  stream: IncomingMessage
  record: RecordedRequest
}

export interface Reply {
  status: number
  headers?: Record<string, string>
  body?: string | Buffer
}

/** An endpoint of a fake. */
export interface Route<Endpoint extends string> {
  endpoint: Endpoint
  method: string
  /** The exact path, or an expression whose named groups become `call.params`. */
  path: string | RegExp
  /** The endpoint reads `call.stream` itself. */
  streams?: boolean
  handle: (call: Call) => Reply | Promise<Reply>
}

/** Thrown by an endpoint that refuses a call: the reply is sent as it is. */
export class Refusal extends Error {
  readonly reply: Reply
  constructor(reply: Reply) {
    super(`refused with ${reply.status}: ${String(reply.body ?? '')}`)
    this.reply = reply
  }
}

/** @param body what is sent as JSON, or JSON text as it is */
export const jsonReply = (status: number, body: object | string, headers: Record<string, string> = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
})

export const redirectReply = (to: string): Reply => ({ status: 302, headers: { location: to } })

/** Reads the rest of a streamed body and counts it, so that the client gets its reply rather than a broken connection. */
export async function drain({ stream, record }: Call): Promise<void> {
  for await (const part of stream as AsyncIterable<Buffer>) record.bodyBytes += part.length
}
