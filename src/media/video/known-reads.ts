import { createHash } from 'node:crypto'
import type { Isolation } from '../isolated/pool.ts'
import type { IndexRead } from '../readers/tracks.ts'

const most = 1_000
const known = new WeakMap<Isolation, Map<string, IndexRead>>()

/**
 * Reads an index unless one of the same content was read a while ago: what it holds follows from its bytes alone, and
 * one video often goes to many profiles.
 * @param content all that `read` depends on, as JSON takes it
 */
export async function readOnce(isolation: Isolation, content: unknown, read: () => Promise<IndexRead>): Promise<IndexRead> {
  const key = createHash('sha256').update(JSON.stringify(content)).digest('base64')
  const kept = known.get(isolation) ?? new Map<string, IndexRead>()
  known.set(isolation, kept)
  const found = kept.get(key) ?? (await read())
  // The order of a Map is that of insertion: the first is the one that was used longest ago.
  kept.delete(key)
  kept.set(key, found)
  for (const oldest of kept.keys()) {
    if (kept.size <= most) break
    kept.delete(oldest)
  }
  return found
}
