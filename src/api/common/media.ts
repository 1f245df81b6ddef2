import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type, type Static } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import { reusedKey } from '../../domain/idempotency/keys.ts'
import { inspectMedia } from '../../domain/media/inspect.ts'
import { keepUpload } from '../../domain/media/upload.ts'
import { mediaUrl } from '../../domain/profiles/details.ts'
import type { MediaRow } from '../../kernel/rows.ts'
import type { ApiOptions } from '../http/app.ts'
import { id, nullable, object, oneOf, reason, time, url } from '../http/shapes.ts'
import { validatorCompiler } from '../http/validate.ts'
import { uploads } from '../plugins/uploads.ts'
import { hashOfFile, takeFile } from './upload-form.ts'

const uploadShape = object({
  media_id: id,
  media_url: Type.String(),
  size: Type.Integer(),
  sha256: Type.String(),
  created_at: time,
})

const presentUpload = (ctx: Context, row: MediaRow): Static<typeof uploadShape> => ({
  media_id: row.id,
  media_url: mediaUrl(ctx, row.token),
  size: row.size,
  sha256: row.files[0]?.hash ?? '',
  created_at: row.created_at.toISOString(),
})

const uploadForm = {
  type: 'object',
  required: ['file'],
  properties: { file: { type: 'string', contentMediaType: 'application/octet-stream', description: 'The file, streamed.' } },
} as const

/** `POST /v1/media`: returns an address that posts accept, for people without a web server. */
const uploadRoute: FastifyPluginAsyncTypebox<ApiOptions> = async (app, { ctx }) => {
  const { videoBytes } = ctx.limits
  // Every other route rejects forms, and this one JSON.
  app.removeAllContentTypeParsers()
  await app.register(uploads, { limits: { files: 10, fields: 10, fileSize: videoBytes + 1 } })
  app.post(
    '/v1/media',
    {
      bodyLimit: videoBytes + 1_048_576,
      schema: {
        summary: 'Upload a file',
        description: 'One file, in a part named `file`. The `media_url` in the response can be used in any number of posts.',
        tags: ['Media'],
        body: uploadForm,
        consumes: ['multipart/form-data'],
        response: { 201: { ...uploadShape, description: 'Kept' } },
      },
      config: { errors: [507], dryRun: { hides: ['media_id', 'media_url'] } },
      // The form is streamed, so there is no body to validate against the schema in the reference.
      validatorCompiler: (part) => (part.httpPart === 'body' ? () => true : validatorCompiler(part)),
    },
    (request, reply) =>
      reply.carryOut(
        async (unit) => keepUpload(unit, await takeFile(unit.ctx, request)),
        (row) => presentUpload(ctx, row),
        {
          // The key is reserved before the first byte is read, so that a second upload with it is rejected at once.
          content: 'upload',
          sameAs: async (first) => {
            const { sha256 } = JSON.parse(first.body) as Static<typeof uploadShape>
            if ((await hashOfFile(request)) !== sha256) throw reusedKey()
          },
        },
      ),
  )
}

const inspection = object({
  ok: Type.Boolean(),
  kind: nullable(oneOf('video', 'slideshow')),
  size: nullable(Type.Integer()),
  duration_s: nullable(Type.Number()),
  width: nullable(Type.Integer()),
  height: nullable(Type.Integer()),
  rotation: nullable(Type.Integer()),
  codec: nullable(Type.String()),
  slides: nullable(Type.Integer()),
  problems: Type.Array(reason),
  warnings: Type.Array(reason),
})
const nothing = {
  kind: null,
  size: null,
  duration_s: null,
  width: null,
  height: null,
  rotation: null,
  codec: null,
  slides: null,
}
const plain = ({ code, message }: { code: string; message: string }) => ({ code, message })

/** Uploading and inspecting media. */
export const mediaRoutes: FastifyPluginAsyncTypebox<ApiOptions> = async (app, { ctx }) => {
  await app.register(uploadRoute, { ctx })
  app.post(
    '/v1/media/inspect',
    {
      schema: {
        summary: 'Check what would happen to a post with this media',
        description: 'Downloads and checks the media as for a post, and returns every problem at once; nothing is stored.',
        tags: ['Media'],
        body: object({ media_url: url, media_type: oneOf('video', 'slideshow') }),
        response: { 200: inspection },
      },
      config: { scope: 'read', errors: [404, 507] },
    },
    async ({ caller, body }) => {
      const { ok, info, problems, warnings } = await inspectMedia(ctx, caller, body.media_url, body.media_type)
      return { ok, ...(info ?? nothing), problems: problems.map(plain), warnings: warnings.map(plain) }
    },
  )
}
