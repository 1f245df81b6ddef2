import type { Response } from 'undici'
import type { Deadline } from './deadline.ts'
import { explain } from './explain.ts'
import { FetchProblem } from './problem.ts'

interface Reading {
  url: URL
  deadline: Deadline
  maxBytes: number
  leastSpeed: { bytes: number; ms: number }
}

/** The body's bytes as they arrive, within the limits. Leaving early closes the connection. */
export async function* readBody(response: Response, reading: Reading): AsyncGenerator<Uint8Array> {
  const { url, deadline, maxBytes, leastSpeed } = reading
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
    const pace = paceOf(leastSpeed)
    let next = await deadline.untilFirstByte(() => reader.read())
    while (!next.done) {
      const chunk = next.value as Uint8Array
      bytes += chunk.byteLength
      if (bytes > maxBytes) throw tooLarge(maxBytes)
      yield chunk
      const asked = performance.now()
      next = await reader.read()
      if (!next.done) pace(performance.now() - asked, (next.value as Uint8Array).byteLength)
    }
  } catch (error) {
    throw explain(error, deadline, url, bytes)
  } finally {
    deadline.done()
    await reader.cancel().catch(ignoreClosed)
  }
}

/** Checks each wait for bytes. Only waiting counts, so that our own slow disk is not blamed on the server. */
function paceOf({ bytes, ms }: Reading['leastSpeed']): (waitedMs: number, got: number) => void {
  let [waited, received] = [0, 0]
  return (waitedMs, got) => {
    waited += waitedMs
    received += got
    if (waited < ms) return
    if (received < bytes) {
      const message = `the server sent ${received} bytes in ${Math.round(waited / 1000)} s of waiting for it, at least ${bytes} are required`
      throw new FetchProblem('too_slow', message, { retryable: true })
    }
    waited = received = 0
  }
}

/** The stream has already failed, and its failure is being thrown. */
function ignoreClosed(): void {
  return
}

function tooLarge(maxBytes: number): FetchProblem {
  const [unit, words] = maxBytes < 1024 * 1024 ? [1, 'bytes'] : [1024 * 1024, 'MiB']
  return new FetchProblem('too_large', `the response is larger than ${Math.floor(maxBytes / unit)} ${words}`)
}
