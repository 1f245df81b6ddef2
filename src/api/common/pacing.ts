import { Type } from 'typebox'
import type { Pacing } from '../../domain/profiles/pacing.ts'
import { formatDuration } from '../../lib/durations.ts'
import { nullable, object } from '../http/shapes.ts'
import { durationShape } from './durations.ts'

/** How many posts a profile may publish per day, and how far apart. */
export const pacingShape = object({
  max_per_day: nullable(Type.Integer({ minimum: 1, maximum: 1_000 })),
  min_gap: nullable(durationShape),
})
export const presentPacing = (pacing: Pacing) => ({
  max_per_day: pacing.maxPerDay,
  min_gap: pacing.minGapMs === null ? null : formatDuration(pacing.minGapMs),
})
