import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { jsonReply, type Call, type Reply } from '../../common/calls.ts'
import { tokenIn } from '../parameters.ts'
import type { Container, State, Token } from '../state.ts'
import { statusOf } from '../containers/status.ts'
import { takeFile, takeLater, takeUrl } from './take.ts'

type Upload = NonNullable<Container['upload']>

/**
 * `POST rupload.facebook.com/ig-api-upload/{container_id}` with the headers `Authorization: OAuth`, `offset` and `file_size`
 * and the bytes from there on, or with `file_url` and no bytes. An upload that broke off goes on at the offset that the
 * container's `video_status` tells.
 */
export async function takeUpload(state: State, call: Call): Promise<Reply> {
  const token = tokenFor(state, call)
  if (!token) return refuseUpload(call, 'NotAuthorizedError', 'The request needs Authorization: OAuth with a valid token')
  const container = state.containers.get(call.params.id ?? '')
  if (container?.igId !== token.igId || !container.upload) {
    return refuseUpload(call, 'NotFoundError', 'There is no resumable upload for this container')
  }
  if (container.file || container.working || statusOf(state, container) !== 'IN_PROGRESS') {
    return refuseUpload(call, 'ProcessingFailedError', 'The upload is complete or has expired')
  }
  const url = call.headers.file_url
  if (typeof url === 'string') {
    takeLater(state, container, takeUrl(state, url, container))
    return uploaded()
  }
  return takeBytes(state, call, container, container.upload)
}

async function takeBytes(state: State, call: Call, container: Container, upload: Upload): Promise<Reply> {
  const [offset, total] = [numberIn(call, 'offset'), numberIn(call, 'file_size')]
  if (offset === null || total === null || total === 0)
    return refuseUpload(call, 'HeaderError', 'offset and file_size must be numbers')
  if (upload.total !== null && upload.total !== total) return refuseUpload(call, 'HeaderError', `file_size was ${upload.total}`)
  if (offset !== upload.received) return refuseUpload(call, 'OffsetError', `The next byte is ${upload.received}`, true)
  upload.total = total
  const path = join(state.folder, container.id)
  try {
    await append(call, path, upload, total)
  } catch (error) {
    // The client broke off; what came stays.
    if (!call.stream.destroyed || !(error instanceof Error)) throw error
  }
  if (upload.received > total) return refuseUpload(call, 'HeaderError', `More than ${total} bytes came`)
  if (upload.received < total) return refuseUpload(call, 'PartialRequestError', `${upload.received} of ${total} bytes came`, true)
  const digest = createHash('sha256')
  for await (const part of createReadStream(path) as AsyncIterable<Buffer>) digest.update(part)
  takeLater(state, container, takeFile(state, { path, size: total, sha256: digest.digest('hex') }, container))
  return uploaded()
}

async function append({ stream, record }: Call, path: string, upload: Upload, total: number): Promise<void> {
  await using file = await open(path, 'a')
  for await (const part of stream as AsyncIterable<Buffer>) {
    record.bodyBytes += part.length
    upload.received += part.length
    if (upload.received <= total) await file.write(part)
  }
}

function tokenFor({ tokens, clock }: State, call: Call): Token | undefined {
  if (!/^OAuth /.test(call.headers.authorization ?? '')) return undefined
  const value = tokenIn(call, {})
  const now = clock.now().getTime()
  return tokens.find(
    (one) => one.value === value && one.login === 'facebook' && one.ended === null && one.expiresAt.getTime() > now,
  )
}

function numberIn({ headers }: Call, name: string): number | null {
  const text = headers[name]
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : null
}

const uploaded = (): Reply => jsonReply(200, { success: true, message: 'Upload successful.' })

function refuseUpload(call: Call, type: string, message: string, retriable = false): Reply {
  // The rest of the body is read, so that the client gets the reply rather than a broken connection.
  call.stream.resume()
  return uploadErrorReply({ type, message, retriable })
}

/** An error of rupload.facebook.com: it has a shape of its own. */
export const uploadErrorReply = ({
  type,
  message,
  retriable,
  status = 400,
}: {
  type: string
  message: string
  retriable: boolean
  status?: number
}): Reply => jsonReply(status, { debug_info: { retriable, type, message } })
