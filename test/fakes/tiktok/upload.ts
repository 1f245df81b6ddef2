import type { Hash } from 'node:crypto'
import { drain, type Call, type Reply } from '../common/calls.ts'
import type { Platform } from './platform.ts'
import { chunkRules } from './rules.ts'
import type { PublishTask, Upload } from './types.ts'
import { startProcessing } from './walk.ts'

const headLength = 64
const rangeForm = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/

/** The address that a video's chunks are sent to. */
export const uploadUrl = ({ address, settings }: Platform, { id, token }: Upload): string =>
  `${settings.uploadOrigin ?? address}/video/?upload_id=${id}&upload_token=${token}`

/** What the reply to a chunk says about the bytes that have come. */
export function uploadState(platform: Platform, call: Call): Record<string, string> {
  const upload = taskOf(platform, call)?.upload
  return upload ? { 'content-range': `bytes 0-${upload.received}/${upload.size}` } : {}
}

/** PUT of a chunk. Chunks come one after another; a chunk that is cut off is forgotten. */
export async function putChunk(platform: Platform, call: Call): Promise<Reply> {
  const task = taskOf(platform, call)
  const refused = task?.upload ? refuse(platform, call, task.upload) : 404
  if (!task?.upload || typeof refused === 'number') {
    await drain(call)
    return { status: typeof refused === 'number' ? refused : 404, headers: uploadState(platform, call) }
  }
  const { upload } = task
  const chunk = await readChunk(call, upload)
  // Another request may have brought the same chunk, or the task may have ended, while this one was read.
  if (taskOf(platform, call) !== task) return { status: 404 }
  if (upload.received !== refused.first) return { status: 416, headers: uploadState(platform, call) }
  if (chunk.size !== refused.length) return { status: 400, headers: uploadState(platform, call) }
  Object.assign(upload, { received: upload.received + chunk.size, hash: chunk.hash, head: chunk.head })
  const complete = upload.received === upload.size
  if (complete) startProcessing(platform, task, [{ url: null, size: upload.size, sha256: upload.hash.copy().digest('hex') }])
  return { status: complete ? 201 : 206, headers: uploadState(platform, call) }
}

// A task that failed or was cancelled takes no more bytes; one that is complete answers 416.
function taskOf({ tasks }: Platform, call: Call): PublishTask | null {
  const { searchParams } = call.url
  const found = [...tasks.values()].find(({ upload }) => upload !== null && upload.id === searchParams.get('upload_id'))
  return found && found.status !== 'FAILED' && found.upload?.token === searchParams.get('upload_token') ? found : null
}

/** @returns the status that refuses the request by its headers, or the bytes that it brings */
function refuse({ clock }: Platform, { headers }: Call, upload: Upload): number | { first: number; length: number } {
  if (upload.expires <= clock.now()) return 403
  if (headers.authorization !== undefined) return 400
  if (!chunkRules.contentTypes.includes(headers['content-type'] ?? '')) return 400
  const range = rangeForm.exec(headers['content-range'] ?? '')
  if (!range) return 400
  const [first, last, total] = [Number(range[1]), Number(range[2]), Number(range[3])]
  const length = last - first + 1
  if (total !== upload.size || length < 1 || headers['content-length'] !== String(length)) return 400
  const index = Math.floor(upload.received / upload.chunkSize)
  const expectedLast = index >= upload.chunkCount - 1 ? upload.size - 1 : (index + 1) * upload.chunkSize - 1
  return first === upload.received && last === expectedLast ? { first, length } : 416
}

/** Reads a chunk and adds it to a copy of the upload's digest. @throws if the request breaks off */
async function readChunk(call: Call, upload: Upload): Promise<{ size: number; hash: Hash; head: Buffer }> {
  const hash = upload.hash.copy()
  let [size, head] = [0, upload.head]
  for await (const part of call.stream as AsyncIterable<Buffer>) {
    hash.update(part)
    size += part.length
    call.record.bodyBytes += part.length
    if (head.length < headLength) head = Buffer.concat([head, part]).subarray(0, headLength)
  }
  return { size, hash, head }
}
