import { Type } from 'typebox'
import { invalid, type Detail } from '../../kernel/errors.ts'
import { parseDuration } from '../../lib/durations.ts'

/** A duration as text: `0s`, `15m`, `7d`. */
export const durationShape = Type.String({ pattern: '^\\d{1,9}(ms|s|m|h|d)$', description: 'A duration such as 0s, 15m or 7d.' })

const longestMs = 366 * 86_400_000

/** A duration in a request at `path`: undefined if omitted, null to unset it. */
export interface GivenDuration {
  text: string | null | undefined
  path: string
  minMs?: number
}

/** Milliseconds of each duration that was given. @throws CroftError `validation_error` that lists every invalid one */
export function durationsMs<Name extends string>(given: Record<Name, GivenDuration>): Partial<Record<Name, number | null>> {
  const wrong: Detail[] = []
  const found: Partial<Record<Name, number | null>> = {}
  for (const name of Object.keys(given) as Name[]) {
    const { text, path, minMs = 0 } = given[name]
    if (text === undefined) continue
    const ms = text === null ? null : parseDuration(text)
    if (text !== null && (ms === null || ms < minMs || ms > longestMs))
      wrong.push({ path, message: `must be a duration from ${minMs / 1_000}s to 366d, such as 15m` })
    else found[name] = ms
  }
  if (wrong.length > 0) throw invalid(wrong)
  return found
}
