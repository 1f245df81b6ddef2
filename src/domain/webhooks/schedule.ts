const seconds = [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 21_600, 28_800]

/** Tries there are in all: the first at once, the last about 22 hours later. */
export const mostTries = seconds.length + 1

/**
 * The pause after a try that failed, in milliseconds, or null after the last.
 * @param tries how many were made
 * @param spread 0 to 1: up to a tenth longer, so that many deliveries do not come back as one
 * @param retryAfterMs what the receiver asked for, honoured up to a day
 */
export function pauseAfter(tries: number, spread: number, retryAfterMs: number | null): number | null {
  const pause = seconds[tries - 1]
  if (pause === undefined) return null
  return Math.max(pause * 1_000 * (1 + spread / 10), Math.min(retryAfterMs ?? 0, 86_400_000))
}

const restCapMs = 300_000

/**
 * How long a receiver is left alone altogether, in milliseconds: as long as it asked for, up to an hour, and longer with
 * every turn in which all tries failed, from the third on, so that dead receivers take little of the workers' time.
 */
export function laneRestMs(failures: number, retryAfterMs: number | null): number {
  const backoff = failures < 3 ? 0 : Math.min(1_000 * 2 ** (failures - 3), restCapMs)
  return Math.max(backoff, Math.min(retryAfterMs ?? 0, 3_600_000))
}
