import { Type, type Static } from 'typebox'
import type { PostDetails } from '../../domain/posts/details.ts'
import { failure, id, iso, nullable, object, oneOf, reason, time } from '../http/shapes.ts'

export const postStatus = oneOf(
  'preparing',
  'scheduled',
  'queued',
  'publishing',
  'waiting_for_operator',
  'published',
  'draft_saved',
  'failed',
  'unconfirmed',
  'canceled',
)

const mediaShape = object({
  kind: oneOf('video', 'slideshow'),
  duration_s: nullable(Type.Number()),
  width: nullable(Type.Integer()),
  height: nullable(Type.Integer()),
  codec: nullable(Type.String()),
  slides: nullable(Type.Integer()),
})

/** 'What was changed or looks wrong, without stopping the post.' */
export const warnings = Type.Array(reason)

export const postShape = object({
  task_id: id,
  profile_id: id,
  driver: Type.String(),
  status: postStatus,
  media_type: oneOf('video', 'slideshow'),
  media_url: Type.String(),
  sound_id: nullable(Type.String({ description: 'Null: the original sound.' })),
  title: Type.String(),
  description: Type.String({ description: 'The text as it will be entered.' }),
  is_live: Type.Boolean(),
  privacy_level: nullable(Type.String()),
  is_ai_generated: Type.Boolean(),
  is_commercial: Type.Boolean(),
  execute_at: nullable(Type.Integer({ description: 'Epoch milliseconds.' })),
  webhook_url: nullable(Type.String()),
  media: nullable(mediaShape),
  warnings,
  failure,
  post_url: nullable(Type.String()),
  created_at: time,
  updated_at: time,
  published_at: nullable(time),
})

/** A post as the farm family shows it. */
export function presentPost({ row, media }: PostDetails): Static<typeof postShape> {
  return {
    task_id: row.id,
    profile_id: row.profile_id,
    driver: row.driver,
    status: row.status,
    media_type: row.media_type,
    media_url: row.media_url,
    sound_id: row.sound_id,
    title: row.title,
    description: row.description,
    is_live: row.is_live,
    privacy_level: row.privacy_level,
    is_ai_generated: row.is_ai_generated,
    is_commercial: row.is_commercial,
    execute_at: row.execute_at?.getTime() ?? null,
    webhook_url: row.webhook_url,
    media: media && { kind: row.media_type, ...media },
    warnings: row.warnings,
    failure: row.failure && { code: row.failure.code, message: row.failure.message, reasons: row.failure.reasons ?? [] },
    post_url: row.post_url,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    published_at: iso(row.published_at),
  }
}
