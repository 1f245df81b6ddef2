import { Type, type Static } from 'typebox'
import type { Context } from '../../core/context.ts'
import { capped, type Detail } from '../../core/errors.ts'
import { checkPost, type PostInput } from '../../core/posts/input.ts'
import { id, nullable, object, oneOf, url } from '../http/shapes.ts'

const members = {
  media_type: oneOf('video', 'slideshow'),
  media_url: url,
  sound_id: Type.String({ minLength: 1, maxLength: 64 }),
  title: Type.String({
    minLength: 1,
    maxLength: 2_200,
    pattern: '\\S',
    description: 'At most 2,200 characters; of a slideshow 90.',
  }),
  webhook_url: url,
  description: Type.Optional(
    Type.String({ maxLength: 4_000, description: '@ and # are stripped where the driver cannot enter them.' }),
  ),
  execute_at: Type.Optional(
    nullable(Type.Integer({ description: 'Epoch milliseconds, in the future. Left out or null: at once.' })),
  ),
  is_live: Type.Optional(Type.Boolean({ description: 'true publishes; false, the default, saves a draft on the device.' })),
  privacy_level: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 64 }))),
  is_ai_generated: Type.Optional(Type.Boolean()),
  is_commercial: Type.Optional(Type.Boolean()),
}

/** Seed page 2's body, and the three last members beyond it. */
export const newPost = object({ profile_id: id, ...members })
export const postChanges = Type.Partial(object(members), { additionalProperties: false })

/** The verb's input, with seed page 2's defaults. */
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

/**
 * Refuses a body whose shape is wrong, telling what is wrong with its sound members besides.
 * @param most how many faults of shape are told
 * @throws CroftError
 */
export function requireNewPost(ctx: Context, body: unknown, faults: readonly Detail[], most = faults.length): void {
  if (faults.length === 0) return
  checkPost(ctx, postChangesOf(soundMembers(body, faults)), capped(faults, most))
}

/** The members that the schema found no fault with. */
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
