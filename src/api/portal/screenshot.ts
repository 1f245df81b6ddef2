import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Context } from '../../kernel/context.ts'
import { CroftError, invalid } from '../../kernel/errors.ts'
import { claimFiles } from '../../domain/media/claims.ts'
import type { FetchedPicture } from '../../domain/media/picture.ts'
import { pictureIn } from '../../domain/media/picture-in.ts'
import { servingTeam } from '../../people/lock.ts'
import { keepScreenshot } from '../../domain/media/keep-screenshot.ts'
import { TooLargeError } from '../../media/index.ts'
import { actAs, callerOf, requireScope } from '../http/auth.ts'
import { drain } from '../http/drain.ts'
import { answerError } from '../http/errors.ts'
import { errorResponses } from '../http/responses.ts'
import { id, object } from '../http/shapes.ts'
import { runWrite, sendAnswer, type WriteAnswer } from '../http/write.ts'

async function takePicture(ctx: Context, request: FastifyRequest): Promise<FetchedPicture> {
  if (!request.isMultipart())
    throw new CroftError(
      'unsupported_media_type',
      'Send the picture as multipart/form-data, in a part named file: curl -F file=@screen.png …',
    )
  const part = await request.file({ limits: { fileSize: ctx.limits.pictureBytes + 1 } })
  if (part?.fieldname !== 'file') {
    part?.file.resume()
    throw invalid([{ path: 'file', message: 'is required: the form has no file with this name' }])
  }
  try {
    const { hash } = await ctx.store.put(part.file, { maxBytes: ctx.limits.pictureBytes })
    return await pictureIn(ctx, callerOf(request).teamId, hash, 'file')
  } catch (error) {
    if (!(error instanceof TooLargeError)) throw error
    throw new CroftError('payload_too_large', `The picture is larger than ${Math.floor(error.maxBytes / 1_048_576)} MiB.`)
  } finally {
    part.file.resume()
  }
}

async function keepPart(ctx: Context, request: FastifyRequest, workId: string): Promise<WriteAnswer> {
  const files = claimFiles(ctx)
  try {
    const picture = await takePicture({ ...ctx, store: files.store }, request)
    return await runWrite(ctx, request, {
      status: 201,
      verb: (unit) => keepScreenshot(unit, workId, picture),
      present: ({ mediaId }: { mediaId: string }) => ({ media_id: mediaId }),
      made: ['media_id'],
      secret: [],
      print: picture.file.hash,
    })
  } finally {
    // The file as it was sent, next to the picture made from it.
    await files.release()
  }
}

/** `POST /v1/work/{work_id}/screenshot`: a picture of what was done. A manager's key gives access to no other upload. */
export async function screenshotRoute(app: FastifyInstance, ctx: Context): Promise<void> {
  await app.register(async (form) => {
    if (!form.hasContentTypeParser('multipart/form-data'))
      await form.register(multipart, { limits: { files: 1, fields: 0 }, throwFileSizeLimit: false })
    form.post<{ Params: { work_id: string } }>(
      '/v1/work/:work_id/screenshot',
      {
        bodyLimit: ctx.limits.pictureBytes + 1_048_576,
        schema: {
          summary: 'Upload a picture of what was done',
          description: 'One image, in a part named `file`, for work that you hold; put its `media_id` into the submission.',
          tags: ['Work'],
          params: object({ work_id: id }),
          querystring: object({}),
          consumes: ['multipart/form-data'],
          security: [{ apiKey: [] }, { bearer: [] }],
          response: {
            201: { description: 'Kept', content: { 'application/json': { schema: object({ media_id: id }) } } },
            ...errorResponses('common', { write: true, params: true, body: true, limited: false, more: [507] }),
          },
        },
        onRequest: async (request) => {
          await requireScope(ctx, request, 'work')
        },
        errorHandler: (error, request, reply) => {
          drain(request)
          void answerError(error, request, reply, 'common')
        },
      },
      async (request, reply) => {
        const { work_id } = request.params
        actAs(request, await servingTeam(ctx, callerOf(request), work_id))
        return sendAnswer(reply, await keepPart(ctx, request, work_id))
      },
    )
  })
}
