import { setTimeout as pause } from 'node:timers/promises'
import { runChore, type Chore } from './run.ts'
import type { Context } from '../../kernel/context.ts'

/** What runs a worker's chores. */
export interface Chores {
  /** No chore begins; those under way are given `graceMs` to end. */
  stop(graceMs: number): Promise<void>
}

/** Runs one chore again and again, until the signal is aborted. Never rejects. */
async function repeat(ctx: Context, chore: Chore, tickMs: number, signal: AbortSignal): Promise<void> {
  // A tick more than the interval: a process that looks a moment too early finds a shared chore not due, and would skip a turn.
  const everyMs = chore.everyMs + tickMs
  while (!signal.aborted) {
    const next = performance.now() + everyMs
    await runChore(ctx, chore, signal)
    await pause(Math.max(next - performance.now(), 0), undefined, { signal }).catch(() => null)
  }
}

/**
 * Runs each chore in a loop of its own: one that fails or hangs delays no other, and none runs twice at once.
 * @param tickMs the pause after a chore whose `everyMs` is 0
 */
export function startChores(ctx: Context, chores: readonly Chore[], tickMs: number): Chores {
  const stopping = new AbortController()
  const running = chores.map((chore) => repeat(ctx, chore, tickMs, stopping.signal))
  return {
    async stop(graceMs) {
      stopping.abort()
      const waited = new AbortController()
      const given = pause(graceMs, undefined, { signal: waited.signal }).catch(() => null)
      await Promise.race([Promise.all(running), given])
      waited.abort()
    },
  }
}
