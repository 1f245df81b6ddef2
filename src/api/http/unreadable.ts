import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { ConnectionError, FastifyBaseLogger, FastifyInstance } from 'fastify'
import { CroftError } from '../../kernel/errors.ts'
import { newId } from '../../lib/ids.ts'
import { statusOf } from './errors.ts'

function refusalOf(code: string | undefined): CroftError {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new CroftError('headers_too_large', 'The URL and headers are larger than 16 KiB together.')
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new CroftError('request_timeout', 'The request did not arrive in time. Send it again.')
  return new CroftError('malformed_request', 'This is not a readable HTTP/1.1 request.')
}

/** Answers when there is no reply object to answer with, in the one envelope, and closes the connection. */
export function answerOnSocket(socket: Socket, error: CroftError, requestId: string, then?: () => void): void {
  const status = statusOf(error, 'common')
  const body = JSON.stringify({ error: { code: error.code, message: error.message }, request_id: requestId })
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, then)
}

/** Answers what Node's parser refuses, so that there is no request and no reply. */
export function answerUnreadable(this: FastifyInstance, { code }: ConnectionError, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const requestId = newId()
  const log: FastifyBaseLogger = this.log
  log.debug({ reqId: requestId, code }, 'a request could not be read')
  answerOnSocket(socket, refusalOf(code), requestId)
}
