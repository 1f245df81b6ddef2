import { createHash } from 'node:crypto'
import multipart, { type MultipartFile } from '@fastify/multipart'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'
import type { Context } from '../../core/context.ts'
import { CroftError, invalid } from '../../core/errors.ts'
import { reusedKey } from '../../core/idempotency/keys.ts'
import { inspectMedia } from '../../core/media/inspect.ts'
import { keepUpload } from '../../core/media/upload.ts'
import { mediaUrl } from '../../core/profiles/view.ts'
import type { MediaRow } from '../../core/rows.ts'
import { TooLargeError, type Blob } from '../../media/index.ts'
import { requireScope } from '../http/auth.ts'
import { answerError } from '../http/errors.ts'
import { errorResponses } from '../http/responses.ts'
import { readRoute } from '../http/route.ts'
import { id, nullable, object, oneOf, reason, time, url } from '../http/shapes.ts'
import { runWrite, sendAnswer } from '../http/write.ts'

const uploadShape = object({
  media_id: id,
  media_url: nullable(Type.String()),
  size: Type.Integer(),
  sha256: Type.String(),
  created_at: time,
})

const showUpload = (ctx: Context, row: MediaRow): Static<typeof uploadShape> => ({
  media_id: row.id,
  media_url: mediaUrl(ctx, row.token),
  size: row.size,
  sha256: row.files[0]?.hash ?? '',
  created_at: row.created_at.toISOString(),
})

async function fileOf(request: FastifyRequest): Promise<MultipartFile> {
  if (!request.isMultipart())
    throw new CroftError(
      'unsupported_media_type',
      'Send the file as multipart/form-data, in a part named file: curl -F file=@clip.mp4 …',
    )
  const part = await request.file()
  if (!part) throw invalid([{ path: 'file', message: 'is required: the form holds no file' }])
  return part
}

/** Reads the file without keeping it. @returns its SHA-256 in hex */
async function hashOfFile(request: FastifyRequest): Promise<string> {
  const { file } = await fileOf(request)
  const hash = createHash('sha256')
  for await (const chunk of file) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/** Streams the one file of the form into the store. */
async function takeFile(ctx: Context, request: FastifyRequest): Promise<Blob & { contentType: string }> {
  const part = await fileOf(request)
  try {
    const blob = await ctx.store.put(part.file, { maxBytes: ctx.limits.videoBytes })
    if (blob.size === 0) throw invalid([{ path: 'file', message: 'is empty' }])
    return { ...blob, contentType: part.mimetype }
  } catch (error) {
    if (!(error instanceof TooLargeError)) throw error
    throw new CroftError('payload_too_large', `The file is larger than ${Math.floor(error.maxBytes / 1_048_576)} MiB.`)
  } finally {
    part.file.resume()
  }
}

/** `POST /v1/media`: an address that posts accept, for people without a web server. */
async function uploadRoute(app: FastifyInstance, ctx: Context): Promise<void> {
  await app.register(multipart, {
    limits: { files: 1, fields: 0, fileSize: ctx.limits.videoBytes + 1 },
    throwFileSizeLimit: false,
  })
  app.post(
    '/v1/media',
    {
      bodyLimit: ctx.limits.videoBytes + 1_048_576,
      schema: {
        summary: 'Upload a file',
        description:
          'One file, in a part named `file`. The `media_url` of the answer can be used in a post, as often as you like.',
        tags: ['Media'],
        consumes: ['multipart/form-data'],
        security: [{ apiKey: [] }, { bearer: [] }],
        response: {
          201: { description: 'Kept', content: { 'application/json': { schema: uploadShape } } },
          ...errorResponses('common', { write: true, params: false, body: true, limited: false, more: [507] }),
        },
      },
      onRequest: async (request) => {
        await requireScope(ctx, request, 'write')
      },
      errorHandler: (error, request, reply) => void answerError(error, request, reply, 'common'),
    },
    async (request, reply) => {
      const answer = await runWrite(ctx, request, {
        status: 201,
        verb: async (scope) => keepUpload(scope, await takeFile(ctx, request)),
        present: (row: MediaRow) => showUpload(ctx, row),
        made: ['media_id', 'media_url'],
        secret: [],
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
  await uploadRoute(app, ctx)
  readRoute(app, ctx, {
    family: 'common',
    tag: 'Media',
    method: 'POST',
    url: '/v1/media/inspect',
    summary: 'What a post with this media would meet',
    description: 'Fetches and checks as a post would, with every problem at once; nothing is kept.',
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
    errors: [404],
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
