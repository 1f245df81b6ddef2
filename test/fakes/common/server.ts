import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as later } from 'node:timers/promises'
import type { Clock } from '../../../src/lib/clock.ts'
import { drain, jsonReply, Refusal, type Call, type RecordedRequest, type Reply, type Route } from './calls.ts'
import { Faults, replacesReply, type Fault, type ShapeFault } from './faults.ts'

export interface FakeServerOptions<Endpoint extends string> {
  routes: readonly Route<Endpoint>[]
  clock: Clock
  shapeFault: ShapeFault<Endpoint>
  /** The reply for an address that the platform does not have. */
  notFound: (call: Call) => Reply
  /** 0, the default, takes a free port. */
  port?: number
}

/** The HTTP side of a fake: routes, the list of requests, and the fault switches. */
export interface FakeServer<Endpoint extends string> {
  /** `http://127.0.0.1:PORT` */
  address: string
  requests: RecordedRequest[]
  faults: Faults<Endpoint>
  /** Closes every connection, those of held calls included. @throws if an endpoint of the fake itself broke */
  stop(): Promise<void>
}

const mostText = 4 * 1024 ** 2

/** Starts a fake's server on 127.0.0.1. */
export async function startFakeServer<Endpoint extends string>(
  options: FakeServerOptions<Endpoint>,
): Promise<FakeServer<Endpoint>> {
  const requests: RecordedRequest[] = []
  const faults = new Faults<Endpoint>()
  const broken: unknown[] = []
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://fake')
    const { route, params } = find(options.routes, request.method ?? 'GET', url.pathname)
    const record: RecordedRequest = {
      at: options.clock.now(),
      endpoint: route?.endpoint ?? null,
      method: request.method ?? 'GET',
      path: request.url ?? '/',
      headers: request.headers,
      body: '',
      bodyBytes: 0,
      status: null,
    }
    requests.push(record)
    const call: Call = { method: record.method, url, params, headers: request.headers, body: '', stream: request, record }
    answer(call, route, options, faults)
      .then((reply) => send(response, record, reply))
      .catch((error: unknown) => {
        if (request.socket.destroyed) return
        broken.push(error)
        send(response, record, { status: 500, body: `the fake broke: ${String(error)}` })
      })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    address: `http://127.0.0.1:${port}`,
    requests,
    faults,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      if (broken.length > 0) throw new AggregateError(broken, 'endpoints of the fake broke')
    },
  }
}

function find<Endpoint extends string>(routes: readonly Route<Endpoint>[], method: string, path: string) {
  for (const route of routes) {
    if (route.method !== method) continue
    if (route.path === path) return { route, params: {} }
    const match = typeof route.path === 'string' ? null : route.path.exec(path)
    if (match) return { route, params: { ...match.groups } }
  }
  return { route: null, params: {} }
}

/** @returns null for a reply that is lost */
async function answer<Endpoint extends string>(
  call: Call,
  route: Route<Endpoint> | null,
  { notFound, shapeFault }: FakeServerOptions<Endpoint>,
  faults: Faults<Endpoint>,
): Promise<Reply | null> {
  if (route?.streams !== true) await readText(call)
  if (!route) return notFound(call)
  const turn = faults.take(route.endpoint, call)
  if (!turn) return own(route, call)
  const { fault } = turn
  if (fault.afterBytes !== undefined) await readSome(call.stream, fault.afterBytes)
  const effect = fault.afterEffect === true ? await own(route, call) : null
  if (fault.delayMs !== undefined) await later(fault.delayMs)
  await turn.passed()
  if (fault.lost === true) return null
  if (!replacesReply(fault)) return effect ?? (await own(route, call))
  if (route.streams === true && !call.stream.readableEnded) await drain(call)
  return given(fault) ?? shapeFault(route.endpoint, fault, call)
}

async function own<Endpoint extends string>(route: Route<Endpoint>, call: Call): Promise<Reply> {
  try {
    return await route.handle(call)
  } catch (error) {
    if (error instanceof Refusal) return error.reply
    throw error
  }
}

function given({ status = 200, headers = {}, body }: Fault): Reply | null {
  if (body === undefined) return null
  return typeof body === 'string' ? { status, headers, body } : jsonReply(status, body, headers)
}

async function readText(call: Call): Promise<void> {
  const parts: Buffer[] = []
  for await (const part of call.stream as AsyncIterable<Buffer>) {
    call.record.bodyBytes += part.length
    if (call.record.bodyBytes <= mostText) parts.push(part)
  }
  call.body = Buffer.concat(parts).toString()
  call.record.body = call.body
}

/** Reads at least so many bytes, or all that come. The request stays usable only for destroying it. */
async function readSome(stream: IncomingMessage, bytes: number): Promise<void> {
  let read = 0
  for await (const part of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    read += part.length
    if (read >= bytes) return
  }
}

function send(response: ServerResponse, record: RecordedRequest, reply: Reply | null): void {
  if (!reply || response.destroyed) {
    response.socket?.destroy()
    return
  }
  record.status = reply.status
  const length = Buffer.byteLength(reply.body ?? '')
  response.writeHead(reply.status, { ...reply.headers, ...(record.method === 'HEAD' ? {} : { 'content-length': length }) })
  response.end(reply.body)
}
