import { setTimeout as interval } from 'node:timers/promises'

/**
 * Asks `condition` every few milliseconds until it gives something other than undefined, null or false, and returns that.
 * @throws an error naming `what` when `timeoutMs` (30,000 by default: a busy machine is no failure) have passed, or the condition's own error
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 30_000, what = 'the condition' }: { timeoutMs?: number; what?: string } = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const value = await condition()
    if (value !== undefined && value !== null && value !== false) return value as NonNullable<Exclude<T, false>>
    if (performance.now() > deadline) throw new Error(`${what} did not come true within ${timeoutMs} ms`)
    await interval(10)
  }
}
