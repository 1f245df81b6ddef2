import type { Response } from 'undici'
import type { Deadline } from './deadline.ts'
import { explain } from './explain.ts'
import { FetchProblem } from './problem.ts'

interface Reading {
  url: URL
  deadline: Deadline
  maxBytes: number
}

/** The body's bytes as they come, within the limits. Leaving early closes the connection. */
export async function* readBody(response: Response, reading: Reading): AsyncGenerator<Uint8Array> {
  const { url, deadline, maxBytes } = reading
  if (response.body === null) {
    deadline.done()
    return
  }
  const announced = Number(response.headers.get('content-length') ?? 0)
  if (announced > maxBytes) {
    deadline.done()
    await response.body.cancel()
    throw tooLarge(maxBytes)
  }
  const reader = response.body.getReader()
  let bytes = 0
  try {
    let next = await deadline.untilFirstByte(() => reader.read())
    while (!next.done) {
      const chunk = next.value as Uint8Array
      bytes += chunk.byteLength
      if (bytes > maxBytes) throw tooLarge(maxBytes)
      yield chunk
      next = await reader.read()
    }
  } catch (error) {
    throw explain(error, deadline, url, bytes)
  } finally {
    deadline.done()
    await reader.cancel().catch(ignoreClosed)
  }
}

/** The stream has already failed, and its failure is being thrown. */
function ignoreClosed(): void {
  return
}

function tooLarge(maxBytes: number): FetchProblem {
  const [unit, words] = maxBytes < 1024 * 1024 ? [1, 'bytes'] : [1024 * 1024, 'MiB']
  return new FetchProblem('too_large', `the answer is larger than ${Math.floor(maxBytes / unit)} ${words}`)
}
