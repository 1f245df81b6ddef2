import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from './client.ts'

interface Page {
  items: { event_id: string; type: string; data: { task_id?: string } }[]
  has_more: boolean
  next_cursor: string | null
}

/** A reader of the events that follows them through it all, as a client of ours would. */
export interface Follower {
  seen: Page['items']
  /** Reads on to the end and stops. */
  finish(): Promise<Page['items']>
}

export async function readAll(api: Client, from: string | null): Promise<Page['items']> {
  const all: Page['items'] = []
  for (let cursor = from; ;) {
    const page = await api.ask<Page>('GET', `/v1/events?limit=100${cursor === null ? '' : `&after=${cursor}`}`)
    all.push(...page.items)
    cursor = page.next_cursor
    if (!page.has_more) return all
  }
}

export function follow(api: Client): Follower {
  const seen: Page['items'] = []
  let over = false
  const read = async () => seen.push(...(await readAll(api, seen.at(-1)?.event_id ?? null)))
  const run = async () => {
    while (!over) {
      await read()
      await pause(200)
    }
    await read()
    return seen
  }
  const running = run()
  return {
    seen,
    finish() {
      over = true
      return running
    },
  }
}
