import { Type } from 'typebox'
import { invalid } from '../../core/errors.ts'
import { parseDuration } from '../../lib/durations.ts'

/** A duration as text: `0s`, `15m`, `7d`. */
export const durationShape = Type.String({ pattern: '^\\d{1,9}(ms|s|m|h|d)$', description: 'A duration such as 0s, 15m or 7d.' })

const longestMs = 366 * 86_400_000

/** Milliseconds of a duration that a request named at `path`; null stays null. @throws CroftError `validation_error` */
export function durationMs(text: string | null, path: string, minMs = 0): number | null {
  if (text === null) return null
  const ms = parseDuration(text)
  if (ms === null || ms < minMs || ms > longestMs)
    throw invalid([{ path, message: `must be a duration from ${minMs / 1_000}s to 366d, such as 15m` }])
  return ms
}
