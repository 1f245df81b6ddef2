import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'

/** A client as ours tells people to write one: every write carries a key and is sent again until there is an answer. */
export interface Client {
  /** @returns the body of a 2xx, whichever process gave it */
  ask<T>(method: string, path: string, body?: unknown): Promise<T>
  retries: () => number
}

const passing = new Set([409, 429, 500, 502, 503])

/** @param addresses any of them may be down at any time */
export function client(addresses: readonly string[], key: string): Client {
  let retries = 0
  let turn = 0
  return {
    retries: () => retries,
    async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
      const headers = {
        'x-api-key': key,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(method === 'GET' ? {} : { 'idempotency-key': randomUUID() }),
      }
      const text = body === undefined ? null : JSON.stringify(body)
      for (;;) {
        turn += 1
        const address = addresses[turn % addresses.length] ?? ''
        const signal = AbortSignal.timeout(10_000)
        const answer = await fetch(address + path, { method, headers, body: text, signal })
          .then(async (response) => ({ status: response.status, text: await response.text() }))
          .catch(() => null)
        if (answer && answer.status < 300) return JSON.parse(answer.text) as T
        if (answer && !passing.has(answer.status)) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
        if (answer?.status === 500) console.error(`500 from ${method} ${path}: ${answer.text}`)
        retries += 1
        await pause(100)
      }
    },
  }
}
