import type { Guard, GuardedResponse } from '../../net/index.ts'
import type { MediaLimits } from '../base/limits.ts'
import { firstBytes, inBlocks, type Reader } from '../readers/byte-reader.ts'

/** The server's ranges are not reliable, or inspecting would read too much: download the file, then inspect it. */
export class RangesUnusable extends Error {
  override readonly name = 'RangesUnusable'
}

export interface Remote {
  guard: Guard
  url: string
  limits: MediaLimits
  signal?: AbortSignal
}

/** A range reader if the server offers ranges; otherwise its response, unread: the whole file, or its refusal. */
export type RemoteFile = { reader: Reader } | { response: GuardedResponse }

/** Asks for the first bytes of a file, which shows whether the server offers ranges. HEAD is not used: signed URLs refuse it. */
export async function openRemote(remote: Remote): Promise<RemoteFile> {
  const response = await requestMedia(remote, { maxBytes: remote.limits.videoBytes, range: { start: 0, end: firstBytes } })
  if (response.status !== 206 && response.status !== 416) return { response }
  const range = contentRange(response)
  if (range?.start !== 0 || range.end !== Math.min(firstBytes, range.size)) {
    await response.cancel()
    return { response: await requestMedia(remote, { maxBytes: remote.limits.videoBytes }) }
  }
  const { size } = range
  const known = await exactly(response, range.end)
  let spent = known.byteLength
  const began = performance.now()
  const read = async (start: number, end: number) => {
    spent += end - start
    if (spent > remote.limits.inspectBytes || performance.now() - began > remote.limits.inspectMs)
      throw new RangesUnusable('inspecting the video would read too much of it, or take too long')
    const part = await requestMedia(remote, { maxBytes: remote.limits.inspectBytes, range: { start, end } })
    const got = part.status === 206 ? contentRange(part) : null
    if (got?.start === start && got.end === end && got.size === size) return exactly(part, end - start)
    await part.cancel()
    throw new RangesUnusable('the server returned a range other than the one it was asked for')
  }
  return { reader: inBlocks({ size, read, close: () => Promise.resolve() }, known) }
}

/** One GET of a media file. `range.end` is not included. */
export function requestMedia(
  { guard, url, limits, signal }: Remote,
  options: { maxBytes: number; range?: { start: number; end: number } },
): Promise<GuardedResponse> {
  const { range, maxBytes } = options
  return guard.fetch(url, {
    headers: { 'accept-encoding': 'identity', ...(range && { range: `bytes=${range.start}-${range.end - 1}` }) },
    firstByteMs: limits.firstByteMs,
    totalMs: limits.totalMs,
    maxRedirects: limits.redirects,
    maxBytes,
    leastSpeed: { bytes: limits.slowBytes, ms: limits.slowMs },
    ...(signal && { signal }),
  })
}

function contentRange(response: GuardedResponse): { start: number; end: number; size: number } | null {
  const match = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(response.headers.get('content-range') ?? '')
  return match && { start: Number(match[1]), end: Number(match[2]) + 1, size: Number(match[3]) }
}

async function exactly(response: GuardedResponse, length: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body) {
    size += chunk.byteLength
    if (size > length) break
    chunks.push(chunk)
  }
  if (size !== length) throw new RangesUnusable('the server sent more or fewer bytes than it announced')
  return Buffer.concat(chunks)
}
