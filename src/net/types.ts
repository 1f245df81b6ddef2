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
  /**
   * Disables the guard for loopback and private ranges, and allows plain http to loopback. Link-local addresses are
   * still refused.
   */
  allowPrivateNetwork: boolean
  resolve?: Resolve
  connect?: Connect
  /** Called for each refused address: host and reason, never a path or query. */
  log?: (event: { host: string; code: FetchProblemCode; message: string }) => void
}

export interface GuardedRequest {
  method?: string
  headers?: HeadersInit
  body?: BodyInit
  signal?: AbortSignal
  /** Milliseconds until the response's headers and the first byte of its body must arrive, redirects included. */
  firstByteMs: number
  /** Milliseconds for the whole exchange, including the body. */
  totalMs: number
  /** The minimum speed of the body: so many bytes in each so many milliseconds spent waiting for them. No limit by default. */
  leastSpeed?: { bytes: number; ms: number }
  /** Bytes of the body, after decoding. No limit by default. */
  maxBytes?: number
  /** Redirects that may be followed, each checked again (GET and HEAD only). 0, the default: a redirect is an error. */
  maxRedirects?: number
}

export interface GuardedResponse {
  status: number
  headers: Headers
  /** The final URL, after redirects. It contains the query: keep it out of logs. */
  url: URL
  /** The bytes, once. Throws `FetchProblem`; leaving the loop early closes the connection. */
  body: AsyncIterable<Uint8Array>
  /** The whole body in memory; set `maxBytes` in the request. */
  bytes(): Promise<Uint8Array>
  text(): Promise<string>
  /** Drops the body. Every response is either read or canceled. */
  cancel(): Promise<void>
}

export type UrlCheck = { ok: true; url: URL } | { ok: false; code: FetchProblemCode; message: string }

/** The only way to send requests to URLs that users supply. */
export interface Guard {
  /** Checks the text of a URL, without the network. */
  check(url: string): UrlCheck
  /**
   * @throws {FetchProblem} on every failure except the caller's own abort, which throws `signal.reason`. Any HTTP
   *   status is a response.
   */
  fetch(url: string | URL, request: GuardedRequest): Promise<GuardedResponse>
  /** Closes every connection, including active ones. */
  close(): Promise<void>
}
