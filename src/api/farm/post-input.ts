import { Type, type Static } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import { capped, type Detail } from '../../kernel/errors.ts'
import { checkPost, type PostInput } from '../../domain/posts/input.ts'
import { id, nullable, object, oneOf, url } from '../http/shapes.ts'

const members = {
  media_type: oneOf('video', 'slideshow'),
  media_url: url,
  sound_id: nullable(Type.String({ minLength: 1, maxLength: 64, description: 'Null: the original sound.' })),
  title: Type.String({
    minLength: 1,
    maxLength: 2_200,
    pattern: '\\S',
    description: 'At most 2,200 characters; for a slideshow 90.',
  }),
  webhook_url: nullable(Type.String({ minLength: 1, maxLength: 2048, description: 'Null: none.' })),
  description: Type.Optional(
    Type.String({ maxLength: 4_000, description: '@ and # are stripped where the driver cannot enter them.' }),
  ),
  execute_at: Type.Optional(
    nullable(Type.Integer({ description: 'Epoch milliseconds, in the future. Omitted or null: at once.' })),
  ),
  is_live: Type.Optional(Type.Boolean({ description: 'true publishes; false, the default, saves a draft on the device.' })),
  privacy_level: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 64 }))),
  is_ai_generated: Type.Optional(Type.Boolean()),
  is_commercial: Type.Optional(Type.Boolean()),
}

/** The body of Algorhythm's “Post to a farm profile”, plus the three last members. */
export const newPost = object({ profile_id: id, ...members })
export const postChanges = Type.Partial(object(members), { additionalProperties: false })

/** The verb's input, with the defaults of Algorhythm's “Post to a farm profile”. */
export const postInput = (body: Static<typeof newPost>): PostInput => ({
  mediaType: body.media_type,
  mediaUrl: body.media_url,
  soundId: body.sound_id,
  title: body.title,
  webhookUrl: body.webhook_url,
  description: body.description ?? '',
  executeAt: body.execute_at ?? null,
  isLive: body.is_live ?? false,
  privacyLevel: body.privacy_level ?? null,
  isAiGenerated: body.is_ai_generated ?? false,
  isCommercial: body.is_commercial ?? false,
})

const names = {
  media_type: 'mediaType',
  media_url: 'mediaUrl',
  sound_id: 'soundId',
  title: 'title',
  webhook_url: 'webhookUrl',
  description: 'description',
  execute_at: 'executeAt',
  is_live: 'isLive',
  privacy_level: 'privacyLevel',
  is_ai_generated: 'isAiGenerated',
  is_commercial: 'isCommercial',
} as const

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)

/** An ISO 8601 time; one without a zone is read as UTC. */
const isoTime = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)?(Z|[+-]\d\d:?\d\d)?$/i

/** What to send instead of a time given as a string: the number in it, or the milliseconds of its instant. */
function timeAsText(text: string): string {
  if (/^\d{1,16}$/.test(text)) return `is a string; Croft expects the number, without quotes: ${text}`
  const iso = isoTime.exec(text)
  const zoned = iso?.[1] !== undefined || !/[T ]/i.test(text)
  const at = iso ? Date.parse(zoned ? text : `${text}Z`) : NaN
  if (Number.isNaN(at)) return 'must be a number: milliseconds since 1970'
  return `is an ISO string; Croft expects milliseconds since 1970: ${at}${zoned ? '' : ' (read as UTC, since it names no zone)'}`
}

/** The faults, with more details about a time that is given as a string. */
export function explained(body: unknown, faults: readonly Detail[]): readonly Detail[] {
  const text = isObject(body) && 'execute_at' in body ? body.execute_at : undefined
  if (typeof text !== 'string') return faults
  return faults.map((fault) => (fault.path === 'execute_at' ? { ...fault, message: timeAsText(text) } : fault))
}

/**
 * Rejects a body with an invalid shape, and also reports what is wrong with its valid members.
 * @param most how many faults of shape are reported
 * @throws CroftError
 */
export function requireNewPost(ctx: Context, body: unknown, faults: readonly Detail[], most = faults.length): void {
  if (faults.length === 0) return
  checkPost(ctx, postChangesOf(soundMembers(body, faults)), capped(explained(body, faults), most))
}

/** The members without a fault in the schema. */
export function soundMembers(body: unknown, faults: readonly Detail[]): Static<typeof postChanges> {
  if (!isObject(body)) return {}
  const faulty = new Set(faults.map(({ path }) => path))
  return Object.fromEntries(Object.entries(body).filter(([name]) => Object.hasOwn(members, name) && !faulty.has(name)))
}

/** The members that a PATCH names. */
export const postChangesOf = (body: Static<typeof postChanges>): Partial<PostInput> =>
  Object.fromEntries(
    Object.entries(names).flatMap(([wire, name]) => (wire in body ? [[name, body[wire as keyof typeof body]]] : [])),
  )
