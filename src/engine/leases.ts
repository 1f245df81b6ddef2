import type { Logger } from 'pino'

/** A row that this process holds. */
export interface Lease {
  /** Aborted once another holds the row, it is no longer to be worked on, or the process stops. */
  signal: AbortSignal
  /** When the lease was last surely held: the claim, or a heartbeat that succeeded, was asked for then. Monotonic milliseconds. */
  since(): number
  /** No longer extended. */
  end(): void
}

/** The leases of one kind that this process holds. */
export interface Leases<Claim> {
  /** @param since when the claim was asked for, in monotonic milliseconds */
  hold(claim: Claim, stopping: AbortSignal, since?: number): Lease
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
  const held = new Map<Claim, { ending: AbortController; since: number }>()
  let extending = false
  const beat = async () => {
    if (held.size === 0 || extending) return
    extending = true
    const claims = [...held.keys()]
    const asked = performance.now()
    try {
      const still = await extend(claims)
      for (const claim of claims) {
        const lease = held.get(claim)
        if (!lease) continue
        if (still.has(claim)) lease.since = asked
        else lease.ending.abort()
      }
    } catch (error) {
      log.warn({ err: error }, 'leases could not be extended; it is tried again')
    } finally {
      extending = false
    }
  }
  const timer = setInterval(() => void beat(), everyMs)
  return {
    hold(claim, stopping, since = performance.now()) {
      const ending = new AbortController()
      const stop = () => ending.abort()
      if (stopping.aborted) stop()
      stopping.addEventListener('abort', stop)
      const lease = { ending, since }
      held.set(claim, lease)
      return {
        signal: ending.signal,
        since: () => lease.since,
        end() {
          stopping.removeEventListener('abort', stop)
          held.delete(claim)
        },
      }
    },
    stop: () => clearInterval(timer),
  }
}
