import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Context } from '../../kernel/context.ts'
import { isAfter, presentPosition, settled, type Position } from './order.ts'

/** One reader's subscription to its team's new events. */
export interface Subscription {
  /** Resolves at the next event of the team, at once if one came since the last call, or after `ms`. */
  next(ms: number, signal: AbortSignal): Promise<'event' | 'nothing'>
  close(): void
}

/** Notifies the streams of this process about teams with new events. */
export interface Tail {
  listen(teamId: string): Promise<Subscription>
  stop(): Promise<void>
}

const pollMs = 300
const batch = 1_000

class Listener {
  #heard = false
  #wake: (() => void) | null = null

  notify(): void {
    this.#heard = true
    this.#wake?.()
  }

  async next(ms: number, signal: AbortSignal): Promise<'event' | 'nothing'> {
    if (!this.#heard && !signal.aborted) {
      const waiting = new AbortController()
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        signal.addEventListener('abort', () => resolve(), { once: true, signal: waiting.signal })
        pause(ms, undefined, { signal: waiting.signal, ref: false }).then(resolve, resolve)
      })
      this.#wake = null
      waiting.abort()
    }
    const heard = this.#heard
    this.#heard = false
    return heard ? 'event' : 'nothing'
  }
}

/**
 * One query every 300 ms for the whole process, however many streams it has, and none without a stream. NOTIFY would be
 * faster, but takes a lock on the whole server at every commit.
 */
export function openTail(ctx: Context): Tail {
  const listeners = new Map<string, Set<Listener>>()
  const stopping = new AbortController()
  let position: Promise<Position> | null = null
  let running: Promise<void> | null = null

  async function readNew(from: Position): Promise<Position> {
    const { rows } = await sql<{ team_id: string; xid: string; seq: number }>`
      select team_id, xid::text as xid, seq from events where ${isAfter(from)} and ${settled} order by events.xid, seq limit ${batch}`.execute(
      ctx.db,
    )
    for (const team of new Set(rows.map((row) => row.team_id))) for (const one of listeners.get(team) ?? []) one.notify()
    return rows.at(-1) ?? from
  }

  async function run(from: Position): Promise<void> {
    let at = from
    while (listeners.size > 0 && !stopping.signal.aborted) {
      await pause(pollMs, undefined, { signal: stopping.signal, ref: false }).catch(() => null)
      at = await readNew(at).catch((error: unknown) => {
        ctx.log.warn({ err: error }, 'new events could not be read; it will be retried')
        return at
      })
    }
    position = null
    running = null
  }

  /** The current position of the tail; after a failed query, the next listener queries again. */
  function whereItStands(): Promise<Position> {
    position ??= presentPosition(ctx.db).catch((error: unknown) => {
      position = null
      throw error
    })
    return position
  }

  return {
    async listen(teamId) {
      const listener = new Listener()
      const ofTeam = listeners.get(teamId) ?? new Set()
      listeners.set(teamId, ofTeam.add(listener))
      const close = () => {
        ofTeam.delete(listener)
        if (ofTeam.size === 0 && listeners.get(teamId) === ofTeam) listeners.delete(teamId)
      }
      try {
        const from = await whereItStands()
        running ??= run(from)
      } catch (error) {
        close()
        throw error
      }
      return { next: (ms, signal) => listener.next(ms, signal), close }
    },
    async stop() {
      stopping.abort()
      await running
    },
  }
}
