import type { FastifyReply, FastifyRequest } from 'fastify'
import plugin from 'fastify-plugin'
import { CroftError } from '../../kernel/errors.ts'
import { answerOnSocket } from '../http/unreadable.ts'

/** How long a client may take to send a request. */
export interface RequestTimes {
  /** For the headers. */
  headersMs: number
  /** Something of a body must arrive in each window, and a JSON body must be complete after two of them. */
  windowMs: number
  /** An upload may take as long as it needs if this many bytes arrive in each window. */
  uploadBytes: number
}

export const requestTimes: RequestTimes = { headersMs: 30_000, windowMs: 60_000, uploadBytes: 61_440 }

const windowsOfJson = 2

function hangUp(request: FastifyRequest, reply: FastifyReply): void {
  const { raw } = request
  const { socket } = raw
  const error = new CroftError('request_timeout', 'The body did not arrive in time. Send the request again.')
  const end = () => raw.destroy(error)
  if (reply.raw.headersSent || !socket.writable) return void end()
  answerOnSocket(socket, error, request.id, end)
  // A client that reads nothing does not hold the connection either.
  setTimeout(end, 1_000).unref()
}

function watch(request: FastifyRequest, reply: FastifyReply, times: RequestTimes, jsonLimit: number): void {
  const { raw } = request
  const { socket } = raw
  const isUpload = request.routeOptions.bodyLimit > jsonLimit
  let windows = 0
  let before = socket.bytesRead
  const timer = setInterval(() => {
    windows += 1
    const arrived = socket.bytesRead - before
    before = socket.bytesRead
    const uploads = isUpload && !reply.raw.headersSent
    // What has arrived and was not taken yet waits for this server, not for the client.
    const slow = raw.readableLength === 0 && arrived < (uploads ? times.uploadBytes : 1)
    if (!slow && (uploads || windows < windowsOfJson)) return
    clearInterval(timer)
    if (!raw.complete) hangUp(request, reply)
  }, times.windowMs).unref()
  raw.once('close', () => clearInterval(timer))
}

/** Closes the connection of clients that begin to send a body and then stop, before the key is checked. */
export const bodyTime = plugin<{ times: RequestTimes; jsonLimit: number }>((app, { times, jsonLimit }, done) => {
  app.addHook('onRequest', (request, reply, next) => {
    const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers
    if (encoding !== undefined || length !== '0') watch(request, reply, times, jsonLimit)
    next()
  })
  done()
})
