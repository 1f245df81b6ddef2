import { Type, type Static } from 'typebox'
import type { ProfilePolicy } from '../../domain/profiles/warmup-policy.ts'
import { nullable, object } from '../http/shapes.ts'
import { durationShape, durationsMs } from './durations.ts'

const duration = nullable(durationShape)

/** A warm-up policy in a request: omitted members stay as they are, or are the team's. */
export const warmupInput = Type.Partial(
  object({
    runs: nullable(Type.Integer({ minimum: 0, maximum: 1_000 })),
    span: duration,
    session: duration,
    interval: duration,
    maintenance: duration,
  }),
  { additionalProperties: false },
)

/** Its durations, to be read together with others of the request. */
export const warmupDurations = (warmup: Static<typeof warmupInput> | undefined) => ({
  spanMs: { text: warmup?.span, path: 'warmup.span' },
  sessionMs: { text: warmup?.session, path: 'warmup.session' },
  intervalMs: { text: warmup?.interval, path: 'warmup.interval', minMs: 1_000 },
  maintenanceMs: { text: warmup?.maintenance, path: 'warmup.maintenance' },
})

/** A profile's own policy from a request. @throws CroftError `validation_error` */
export const ownPolicy = (warmup: Static<typeof warmupInput> | undefined): ProfilePolicy => ({
  ...(warmup?.runs === undefined ? {} : { runs: warmup.runs }),
  ...durationsMs(warmupDurations(warmup)),
})
