import { createHash, randomUUID, type Hash } from 'node:crypto'
import { open, rm, type FileHandle } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import type { MediaFetch, State } from '../state.ts'
import { addressOf } from './address.ts'
import { ask } from './ask.ts'
import { cannotFetch, MediaRefusal } from './refusal.ts'

/** A file that was fetched or uploaded, on disk until it has been inspected. */
export interface StoredFile {
  path: string
  size: number
  sha256: string
}

/**
 * Fetches a media URL as the platform does: with Range requests, without following a redirect.
 * @param checkSize is given the size of the whole file before it is fetched, and throws to refuse it
 * @throws MediaRefusal: 9004/2207052, -2/2207003 if the host takes too long, or that of `checkSize`
 */
export async function fetchFile(state: State, url: string, checkSize: CheckSize): Promise<StoredFile> {
  const record: MediaFetch = { at: state.clock.now(), url, requests: [], size: 0, sha256: null, failure: null }
  state.fetches.push(record)
  const path = join(state.folder, randomUUID())
  try {
    const target = addressOf(url, state.settings.origins)
    record.sha256 = await download(state, target, path, record, checkSize)
    return { path, size: record.size, sha256: record.sha256 }
  } catch (error) {
    await rm(path, { force: true })
    const refusal = refusalOf(error)
    record.failure = refusal.message
    throw refusal
  }
}

type CheckSize = (bytes: number) => unknown

function refusalOf(error: unknown): MediaRefusal {
  if (error instanceof MediaRefusal) return error
  if (!(error instanceof Error)) throw error
  if (error.name === 'AbortError' || error.name === 'TimeoutError') {
    return new MediaRefusal('-2/2207003', 'the host takes too long')
  }
  return cannotFetch(`the connection failed: ${error.message}`)
}

/** @returns hex SHA-256 */
async function download(state: State, target: URL, path: string, record: MediaFetch, checkSize: CheckSize): Promise<string> {
  const { fetchTimeoutMs, rangeBytes, requireRange } = state.settings
  const signal = AbortSignal.any([AbortSignal.timeout(fetchTimeoutMs), state.stopping])
  const digest = createHash('sha256')
  await using file = await open(path, 'wx')
  for (let total = Infinity; record.size < total;) {
    const from = record.size
    const range = `bytes=${from}-${from + rangeBytes - 1}`
    const response = await ask(target, { range, 'user-agent': 'facebookexternalhit/1.1' }, signal)
    const status = response.statusCode ?? 0
    record.requests.push({ range, status })
    try {
      total = status === 200 && !requireRange ? 0 : totalOf(response, from)
      checkSize(total)
      record.size += await copy(response, file, digest)
    } finally {
      response.destroy()
    }
    if (record.size === from) throw cannotFetch('the host sent nothing')
  }
  return digest.digest('hex')
}

/** The size of the whole file, from a partial reply that begins where it was asked to. */
function totalOf({ statusCode, headers }: IncomingMessage, from: number): number {
  if (statusCode !== 206) throw cannotFetch(`the host answered a Range request with ${statusCode ?? 0}`)
  const sent = headers['content-range'] ?? ''
  const { groups } = /^bytes (?<from>\d+)-\d+\/(?<total>\d+)$/.exec(sent) ?? {}
  if (!groups || Number(groups.from) !== from) throw cannotFetch(`the host answered with Content-Range '${sent}'`)
  return Number(groups.total)
}

async function copy(response: IncomingMessage, file: FileHandle, digest: Hash): Promise<number> {
  let size = 0
  for await (const part of response as AsyncIterable<Buffer>) {
    digest.update(part)
    await file.write(part)
    size += part.length
  }
  return size
}
