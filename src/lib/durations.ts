const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
type Unit = keyof typeof units

/**
 * Reads a duration such as `0s`, `15m` or `7d`.
 * @returns milliseconds, or null if the text is not a duration
 */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text)
  if (!match?.[1] || !match[2]) return null
  return Number(match[1]) * units[match[2] as Unit]
}

/** Writes milliseconds as the shortest exact duration: 900000 is `15m`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s'
  const unit = (['d', 'h', 'm', 's'] as const).find((name) => ms % units[name] === 0) ?? 'ms'
  return `${ms / units[unit]}${unit}`
}
