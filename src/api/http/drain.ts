import type { FastifyRequest } from 'fastify'

/** Reads and drops the rest of a body that was given up: otherwise the next request on the connection waits behind it forever. */
export function drain(request: FastifyRequest): void {
  request.raw.unpipe()
  request.raw.resume()
}
