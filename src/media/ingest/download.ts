import { dirname } from 'node:path'
import type { GuardedResponse } from '../../net/index.ts'
import { detectBytes, detectType, type DetectedType } from '../base/detect-type.ts'
import type { Problem } from '../base/problem.ts'
import { answered, Refusal, type Kind } from './refusal.ts'
import { requireSpace } from '../store/full.ts'
import type { Blob } from '../store/types.ts'
import { writeHashed } from '../store/write.ts'
import { bytesInWords } from '../base/words.ts'

export interface Download {
  /** A file that does not exist yet. */
  path: string
  kind: Kind
  maxBytes: number
  reserveBytes: number
  /** Checks the first bytes, so that a file of another type is not downloaded. */
  judge: (type: DetectedType) => Problem | null
  signal?: AbortSignal
}

/** Streams a response to a file. @throws {Refusal} {FetchProblem} {StorageFullError} */
export async function download(response: GuardedResponse, options: Download): Promise<Blob> {
  const { path, kind, maxBytes, reserveBytes, judge, signal } = options
  const announced = Number(response.headers.get('content-length') ?? 0)
  if (response.status !== 200 || announced > maxBytes) {
    await response.cancel()
    if (response.status !== 200) throw answered(response.status, kind)
    throw new Refusal([tooLarge(announced, maxBytes, kind)])
  }
  await requireSpace(dirname(path), reserveBytes + announced).catch(async (error: unknown) => {
    await response.cancel()
    throw error
  })
  return writeHashed(judged(response.body, judge), path, { reserveBytes, ...(signal && { signal }) })
}

/** The problem of a file of `bytes` when `maxBytes` are allowed. */
export function tooLarge(bytes: number, maxBytes: number, kind: Kind): Problem {
  return { code: `${kind}_too_large`, message: `the file is ${bytesInWords(bytes)}, at most ${bytesInWords(maxBytes)}` }
}

/** Passes the bytes on after enough of them have been checked. */
async function* judged(body: AsyncIterable<Uint8Array>, judge: Download['judge']): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | null = new Uint8Array(0)
  for await (const chunk of body) {
    if (head === null) {
      yield chunk
      continue
    }
    head = Buffer.concat([head, chunk])
    if (head.byteLength < detectBytes) continue
    await like(head, judge)
    yield head
    head = null
  }
  if (head !== null) {
    await like(head, judge)
    yield head
  }
}

async function like(head: Uint8Array, judge: Download['judge']): Promise<void> {
  const problem = judge(await detectType(head))
  if (problem) throw new Refusal([problem])
}
