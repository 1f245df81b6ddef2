import multipart from '@fastify/multipart'
import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import { reusedKey } from '../../domain/idempotency/keys.ts'
import { inspectMedia } from '../../domain/media/inspect.ts'
import { keepUpload } from '../../domain/media/upload.ts'
import { mediaUrl } from '../../domain/profiles/view.ts'
import type { MediaRow } from '../../kernel/rows.ts'
import { requireScope } from '../http/auth.ts'
import { orDryRun } from '../http/dry-run.ts'
import { drain } from '../http/drain.ts'
import { answerError } from '../http/errors.ts'
import { errorResponses } from '../http/responses.ts'
import { readRoute } from '../http/route.ts'
import { id, nullable, object, oneOf, reason, time, url } from '../http/shapes.ts'
import { validatorCompiler } from '../http/validate.ts'
import { runWrite, sendAnswer } from '../http/write.ts'
import { hashOfFile, takeFile } from './upload-form.ts'

const uploadShape = object({
  media_id: id,
  media_url: Type.String(),
  size: Type.Integer(),
  sha256: Type.String(),
  created_at: time,
})

const made = ['media_id', 'media_url']

const showUpload = (ctx: Context, row: MediaRow): Static<typeof uploadShape> => ({
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
async function uploadRoute(app: FastifyInstance, ctx: Context): Promise<void> {
  app.removeAllContentTypeParsers()
  await app.register(multipart, {
    limits: { files: 10, fields: 10, fileSize: ctx.limits.videoBytes + 1 },
    throwFileSizeLimit: false,
  })
  app.post(
    '/v1/media',
    {
      bodyLimit: ctx.limits.videoBytes + 1_048_576,
      schema: {
        summary: 'Upload a file',
        description: 'One file, in a part named `file`. The `media_url` in the response can be used in any number of posts.',
        tags: ['Media'],
        querystring: object({}),
        body: uploadForm,
        consumes: ['multipart/form-data'],
        security: [{ apiKey: [] }, { bearer: [] }],
        response: {
          201: { description: 'Kept', content: { 'application/json': { schema: orDryRun(uploadShape, made) } } },
          ...errorResponses('common', { write: true, params: false, body: true, limited: false, more: [507] }),
        },
      },
      // The form is streamed, so there is no body to validate against the schema in the reference.
      validatorCompiler: (part) => (part.httpPart === 'body' ? () => true : validatorCompiler(part)),
      onRequest: async (request) => {
        await requireScope(ctx, request, 'write')
      },
      errorHandler: (error, request, reply) => {
        drain(request)
        void answerError(error, request, reply, 'common')
      },
    },
    async (request, reply) => {
      const answer = await runWrite(ctx, request, {
        status: 201,
        verb: async (unit) => keepUpload(unit, await takeFile(unit.ctx, request)),
        present: (row: MediaRow) => showUpload(ctx, row),
        made,
        secret: [],
        // The key is reserved before the first byte is read, so that a second upload with it is rejected at once.
        print: 'upload',
        sameAs: async (first) => {
          const { sha256 } = JSON.parse(first.body) as Static<typeof uploadShape>
          if ((await hashOfFile(request)) !== sha256) throw reusedKey()
        },
      })
      return sendAnswer(reply, answer)
    },
  )
}

/** Uploading and inspecting media. */
export async function mediaRoutes(app: FastifyInstance, ctx: Context): Promise<void> {
  // Multipart is only for this route; every other route rejects the type.
  await app.register((form) => uploadRoute(form, ctx))
  readRoute(app, ctx, {
    family: 'common',
    tag: 'Media',
    method: 'POST',
    url: '/v1/media/inspect',
    summary: 'Check what would happen to a post with this media',
    description: 'Downloads and checks the media as for a post, and returns every problem at once; nothing is stored.',
    body: object({ media_url: url, media_type: oneOf('video', 'slideshow') }),
    response: object({
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
    }),
    errors: [404, 507],
    read: async (_, caller, { body }) => {
      const found = await inspectMedia(ctx, caller, body.media_url, body.media_type)
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
      return {
        ok: found.ok,
        ...(found.info ?? nothing),
        problems: found.problems.map(plain),
        warnings: found.warnings.map(plain),
      }
    },
  })
}
