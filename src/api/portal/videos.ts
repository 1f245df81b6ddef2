import { Type, type Static } from 'typebox'
import { configureVideo } from '../../domain/bundles/configure-video.ts'
import { correctVideo } from '../../domain/bundles/corrections.ts'
import { finalizeVideo } from '../../domain/bundles/finalize.ts'
import { getBundle, getSlot } from '../../domain/bundles/get.ts'
import { listSlots } from '../../domain/bundles/list.ts'
import type { Context } from '../../kernel/context.ts'
import type { VideoSlotRow } from '../../kernel/rows.ts'
import type { App } from '../http/app.ts'
import { id, iso, nullable, object, oneOf, reason, time, url, withExample } from '../http/shapes.ts'
import { correctionsOf } from './bundle-actions.ts'
import { bundleAnswer, partStatus, presentBundleAnswer, said } from './bundle-shape.ts'
import { bundleParams } from './bundles.ts'
import { dataOf, numberedBody, numberedOf, numberedQuery, numberedRequest } from './shapes.ts'

const params = object({ id: Type.String(), position: Type.String({ description: 'From 1.' }) })
const mediaType = oneOf('video', 'slideshow')

const configuration = object({
  media_type: mediaType,
  media_url: url,
  title: Type.Optional(
    nullable(Type.String({ maxLength: 2_200, pattern: '^$|\\S', description: 'At most 2,200 characters; for a slideshow 90.' })),
  ),
  description: Type.Optional(nullable(Type.String({ maxLength: 4_000 }))),
  sound_id: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 64 }))),
  target_publish_date: Type.String({
    pattern: '^\\d{4}-\\d{2}-\\d{2}$',
    description: 'The day (UTC) to publish it on, as YYYY-MM-DD.',
  }),
})

const slotShape = object({
  bundle_id: id,
  position: Type.Integer(),
  status: partStatus,
  media_type: nullable(mediaType),
  media_url: nullable(Type.String()),
  media_status: nullable(oneOf('checking', 'accepted', 'refused')),
  media_problems: Type.Array(reason),
  title: nullable(Type.String()),
  description: nullable(Type.String()),
  sound_id: nullable(Type.String()),
  target_publish_date: nullable(Type.String()),
  post_url: nullable(Type.String()),
  submission: said,
  feedback: said,
  configured_at: nullable(time),
  finalized_at: nullable(time),
  updated_at: time,
})

function mediaStatus(row: VideoSlotRow): 'checking' | 'accepted' | 'refused' | null {
  if (row.media_url === null) return null
  if (row.media_checked_at === null) return 'checking'
  return row.media_problems.length > 0 ? 'refused' : 'accepted'
}

const presentSlot = (row: VideoSlotRow): Static<typeof slotShape> => ({
  bundle_id: row.bundle_id,
  position: row.position,
  status: row.status,
  media_type: row.media_type,
  media_url: row.media_url,
  media_status: mediaStatus(row),
  media_problems: row.media_problems,
  title: row.title,
  description: row.description,
  sound_id: row.sound_id,
  target_publish_date: row.target_publish_date,
  post_url: row.post_url,
  submission: row.submission,
  feedback: row.feedback,
  configured_at: iso(row.configured_at),
  finalized_at: iso(row.finalized_at),
  updated_at: row.updated_at.toISOString(),
})

const presentAnswer = (row: VideoSlotRow) => ({ data: presentSlot(row) })
const at = '/api/ext/bundles/:id/videos/:position'
const tags = ['Bundles']

/** A bundle's video slots. */
export function videoRoutes(app: App, ctx: Context): void {
  app.get(
    '/api/ext/bundles/:id/videos',
    {
      schema: {
        summary: 'List the video slots of a bundle, in order',
        tags,
        params: bundleParams,
        querystring: numberedQuery({}),
        response: { 200: numberedOf(slotShape) },
      },
    },
    async ({ caller, params, query }) => {
      const page = numberedRequest(query)
      return numberedBody(await listSlots(ctx, caller, params.id, page), page, presentSlot)
    },
  )
  app.get(
    at,
    { schema: { summary: 'Get a video slot', tags, params, response: { 200: dataOf(slotShape) } } },
    async ({ caller, params }) => {
      const bundle = await getBundle(ctx.db, caller.teamId, params.id)
      return presentAnswer(await getSlot(ctx.db, bundle, params.position))
    },
  )
  app.put(
    at,
    {
      schema: {
        summary: 'Configure a video slot',
        description:
          'Replaces the whole slot. The media is downloaded and checked in the background; `media_status` shows the progress.',
        tags,
        params,
        body: withExample(configuration, {
          media_type: 'video',
          media_url: 'https://cdn.example.com/clips/oven.mp4',
          title: 'From the oven',
          description: 'Four loaves before sunrise',
          sound_id: '7016547803243022337',
          // A future day for as long as the server runs.
          target_publish_date: new Date(ctx.clock.now().getTime() + 365 * 86_400_000).toISOString().slice(0, 10),
        }),
        response: { 200: dataOf(slotShape) },
      },
    },
    ({ params, body }, reply) =>
      reply.carryOut(
        (unit) =>
          configureVideo(unit, params.id, params.position, {
            mediaType: body.media_type,
            mediaUrl: body.media_url,
            title: body.title ?? null,
            description: body.description ?? null,
            soundId: body.sound_id ?? null,
            targetPublishDate: body.target_publish_date,
          }),
        presentAnswer,
      ),
  )
  videoReviews(app)
}

function videoReviews(app: App): void {
  app.post(
    `${at}/corrections`,
    {
      schema: {
        summary: 'Return a video to its manager',
        tags,
        params,
        body: correctionsOf('media', 'title', 'description', 'sound_id', 'target_publish_date'),
        response: { 200: bundleAnswer },
      },
    },
    ({ params, body: { comment, fields = [] } }, reply) =>
      reply.carryOut((unit) => correctVideo(unit, params.id, params.position, { comment, fields }), presentBundleAnswer),
  )
  app.post(
    `${at}/finalize`,
    { schema: { summary: 'Accept a video as the manager submitted it', tags, params, response: { 200: bundleAnswer } } },
    ({ params }, reply) => reply.carryOut((unit) => finalizeVideo(unit, params.id, params.position), presentBundleAnswer),
  )
}
