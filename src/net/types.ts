import type { BodyInit, Headers, HeadersInit, buildConnector } from 'undici'
import type { FetchProblemCode } from './problem.ts'

/** One answer of a resolver. */
export interface ResolvedAddress {
  address: string
  family: number
}

/** Finds every address of a host name; rejects with Node's DNS errors (`ENOTFOUND`, `EAI_AGAIN`). */
export type Resolve = (host: string) => Promise<ResolvedAddress[]>

/** Opens a connection to one of `addresses`, all of which the guard has allowed. */
export type Connect = (options: buildConnector.Options, addresses: ResolvedAddress[], callback: buildConnector.Callback) => void

export interface GuardOptions {
  /** Lifts the guard for loopback and private ranges, and lets plain http go to loopback. Link-local stays refused. */
  allowPrivateNetwork: boolean
  resolve?: Resolve
  connect?: Connect
  /** Told of each refused address: host and reason, never a path or query. */
  log?: (event: { host: string; code: FetchProblemCode; message: string }) => void
}

export interface GuardedRequest {
  method?: string
  headers?: HeadersInit
  body?: BodyInit
  signal?: AbortSignal
  /** Milliseconds until the answer's headers and the first byte of its body must be there, redirects included. */
  firstByteMs: number
  /** Milliseconds for the whole exchange, the body included. */
  totalMs: number
  /** The least speed of the body: so many bytes in each so many milliseconds spent waiting for them. No limit by default. */
  leastSpeed?: { bytes: number; ms: number }
  /** Bytes of the body, after decoding. No limit by default. */
  maxBytes?: number
  /** Hops that may be followed, each checked anew (GET and HEAD only). 0, the default: a redirect is an error. */
  maxRedirects?: number
}

export interface GuardedResponse {
  status: number
  headers: Headers
  /** Where the answer came from, after redirects. Holds the query: keep it out of logs. */
  url: URL
  /** The bytes, once. Throws `FetchProblem`; leaving the loop early closes the connection. */
  body: AsyncIterable<Uint8Array>
  /** The whole body in memory; give `maxBytes` with the request. */
  bytes(): Promise<Uint8Array>
  text(): Promise<string>
  /** Drops the body. Every response is either read or cancelled. */
  cancel(): Promise<void>
}

export type UrlCheck = { ok: true; url: URL } | { ok: false; code: FetchProblemCode; message: string }

/** The one way out to URLs that users supply. */
export interface Guard {
  /** Judges the text of a URL, with no network. */
  check(url: string): UrlCheck
  /** @throws {FetchProblem} on every failure but the caller's own abort, which throws `signal.reason`. Any HTTP status is an answer. */
  fetch(url: string | URL, request: GuardedRequest): Promise<GuardedResponse>
  /** Closes every connection, running ones too. */
  close(): Promise<void>
}
