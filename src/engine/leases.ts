import type { Logger } from 'pino'

/** A row that this process holds. */
export interface Lease {
  /** Aborted once another holds the row, it is no longer to be worked on, or the process stops. */
  signal: AbortSignal
  /** No longer extended. */
  end(): void
}

/** The leases of one kind that this process holds. */
export interface Leases<Claim> {
  hold(claim: Claim, stopping: AbortSignal): Lease
  stop(): void
}

/**
 * Extends all leases of one kind by one statement at a time, however many rows are under way.
 * @param extend extends the leases of these claims, and answers which of them still hold
 */
export function keepLeases<Claim>(
  { everyMs, extend }: { everyMs: number; extend: (claims: readonly Claim[]) => Promise<ReadonlySet<Claim>> },
  log: Logger,
): Leases<Claim> {
  const held = new Map<Claim, AbortController>()
  let extending = false
  const beat = async () => {
    if (held.size === 0 || extending) return
    extending = true
    const claims = [...held.keys()]
    try {
      const still = await extend(claims)
      for (const claim of claims) if (!still.has(claim)) held.get(claim)?.abort()
    } catch (error) {
      log.warn({ err: error }, 'leases could not be extended; it is tried again')
    } finally {
      extending = false
    }
  }
  const timer = setInterval(() => void beat(), everyMs)
  return {
    hold(claim, stopping) {
      const ending = new AbortController()
      const stop = () => ending.abort()
      if (stopping.aborted) stop()
      stopping.addEventListener('abort', stop)
      held.set(claim, ending)
      return {
        signal: ending.signal,
        end() {
          stopping.removeEventListener('abort', stop)
          held.delete(claim)
        },
      }
    },
    stop: () => clearInterval(timer),
  }
}
