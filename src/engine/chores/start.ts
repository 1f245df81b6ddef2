import { runChore, type Chore } from './run.ts'
import type { Context } from '../../kernel/context.ts'

/** What runs a worker's chores. */
export interface Chores {
  /** No chore begins; those under way end. */
  stop(): Promise<void>
}

/** Runs each chore at its time, apart from the others: one that fails or takes long holds none up, and never runs twice at once. */
export function startChores(ctx: Context, chores: readonly Chore[], tickMs: number): Chores {
  const stopping = new AbortController()
  const running = new Map<string, Promise<void>>()
  const dueAt = new Map<string, number>()
  const tick = () => {
    const now = performance.now()
    for (const chore of chores) {
      if (running.has(chore.name) || now < (dueAt.get(chore.name) ?? 0)) continue
      dueAt.set(chore.name, now + chore.everyMs)
      const run = runChore(ctx, chore, stopping.signal).finally(() => running.delete(chore.name))
      running.set(chore.name, run)
    }
  }
  tick()
  const timer = setInterval(tick, tickMs)
  return {
    async stop() {
      clearInterval(timer)
      stopping.abort()
      await Promise.all(running.values())
    },
  }
}
