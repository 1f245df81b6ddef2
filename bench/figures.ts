/** What one run measured. Times in milliseconds. */
export interface Figures {
  perSecond: number
  p50: number
  p99: number
  max: number
  count: number
}

const at = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN

/** @param ms each sample, in any order @param seconds how long the run took */
export function figuresOf(ms: readonly number[], seconds: number): Figures {
  const sorted = ms.toSorted((a, b) => a - b)
  return { perSecond: ms.length / seconds, p50: at(sorted, 0.5), p99: at(sorted, 0.99), max: at(sorted, 1), count: ms.length }
}
