import { Type } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import { CroftError, invalid, type Detail } from '../../kernel/errors.ts'
import type { PostInput } from '../../domain/posts/input.ts'
import { instantOf, isTimeZone } from '../../lib/local-time.ts'
import { nullable, object, url } from '../http/shapes.ts'

const common = {
  accountIds: Type.Array(Type.String({ maxLength: 100 }), { minItems: 1, maxItems: 100, uniqueItems: true }),
  caption: Type.Optional(
    Type.String({ maxLength: 2_200, description: 'The title of the post; for a slideshow at most 90 characters.' }),
  ),
  soundId: Type.Optional(
    nullable(
      Type.String({ minLength: 1, maxLength: 64, description: 'TikTok’s own id of a sound. Omitted: the original sound.' }),
    ),
  ),
  scheduledTime: Type.Optional(
    nullable(
      Type.String({
        maxLength: 40,
        description: 'A local time, YYYY-MM-DDTHH:MM, with `timezone`; or with an offset, as ISO 8601. Omitted: at once.',
      }),
    ),
  ),
  timezone: Type.Optional(
    nullable(Type.String({ maxLength: 64, description: 'A name of the IANA database, such as Europe/Paris.' })),
  ),
}
export const videoBody = object({ ...common, contentUrl: url })
export const slideshowBody = object({
  ...common,
  contentUrls: Type.Array(url, { minItems: 1, maxItems: 35, description: 'One URL, of a zip: see docs/differences.md.' }),
  renderAsVideo: Type.Optional(Type.Boolean({ description: 'Only false.' })),
  slideDuration: Type.Optional(Type.Integer({ description: 'Rejected: it is for renderAsVideo.' })),
})

interface Times {
  scheduledTime?: string | null
  timezone?: string | null
}

const local = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?$/

/** The local time as if it were UTC, or null for a day or an hour that does not exist. */
function localTimeOf(parts: readonly string[]): number | null {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number)
  const at = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  const same = at.getUTCMonth() === month - 1 && at.getUTCDate() === day
  return same && hour < 24 && minute < 60 && second < 60 ? at.getTime() : null
}

function instantIn(time: string, zone: string | null, faults: Detail[]): number | null {
  const fault = (path: string, message: string) => {
    faults.push({ path, message })
    return null
  }
  const parts: (string | undefined)[] = (local.exec(time) ?? []).slice(1)
  const localTime = parts.length > 0 ? localTimeOf(parts.slice(0, 6).map((part) => part ?? '0')) : null
  if (localTime === null) return fault('scheduledTime', 'must be an existing time, as YYYY-MM-DDTHH:MM')
  if (parts[6] !== undefined) return Date.parse(time)
  if (zone === null) return fault('timezone', 'is required with a local scheduledTime; give a name such as Europe/Paris')
  return isTimeZone(zone) ? instantOf(localTime, zone) : null
}

const twoYearsMs = 2 * 366 * 86_400_000

/** When to publish, in epoch milliseconds, or null for at once; faults are added to `faults`. */
export function executeAtOf(ctx: Context, { scheduledTime = null, timezone = null }: Times, faults: Detail[]): number | null {
  if (timezone !== null && !isTimeZone(timezone))
    faults.push({ path: 'timezone', message: `${timezone} is not a time zone; give a name such as Europe/Paris` })
  if (scheduledTime === null) return null
  const at = instantIn(scheduledTime, timezone, faults)
  const now = ctx.clock.now().getTime()
  if (at !== null && at <= now)
    faults.push({ path: 'scheduledTime', message: `is past: ${new Date(at).toISOString()}; omit it to publish at once` })
  if (at !== null && at > now + twoYearsMs) faults.push({ path: 'scheduledTime', message: 'is more than two years ahead' })
  return at
}

/** Ids of the vendor's own library of sounds, which Croft does not have. */
const librarySound = /^(snd|sound)_/

interface PostBody extends Times {
  caption?: string
  soundId?: string | null
}

/** The post that the members describe: live, without a webhook of its own. @throws CroftError `validation_error` */
export function postOf(
  ctx: Context,
  body: PostBody,
  media: Pick<PostInput, 'mediaType' | 'mediaUrl'>,
  refused: readonly Detail[] = [],
): PostInput {
  const faults = [...refused]
  if (body.soundId != null && librarySound.test(body.soundId))
    faults.push({
      path: 'soundId',
      message: 'is an id of a sound library, which Croft does not have; give TikTok’s own id of the sound',
    })
  const executeAt = executeAtOf(ctx, body, faults)
  if (faults.length > 0) throw invalid(faults)
  return {
    ...media,
    soundId: body.soundId ?? null,
    title: body.caption ?? '',
    webhookUrl: null,
    description: '',
    executeAt,
    isLive: true,
    privacyLevel: null,
    isAiGenerated: false,
    isCommercial: false,
  }
}

const wireNames: Readonly<Record<string, string>> = { title: 'caption', execute_at: 'scheduledTime', sound_id: 'soundId' }

/** Runs a verb whose errors name the members of a farm post, and translates them to this family's names. */
export async function asFamily<T>(content: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const details = error instanceof CroftError ? error.extra['details'] : undefined
    if (!(error instanceof CroftError) || !Array.isArray(details)) throw error
    const named = (details as Detail[]).map(({ path, message }) => ({
      path: path === 'media_url' ? content : (wireNames[path] ?? path),
      message,
    }))
    throw new CroftError(error.code, named.map(({ path, message }) => `${path}: ${message}`).join('; '), {
      ...error.extra,
      details: named,
    })
  }
}
