import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import type { Context } from '../../kernel/context.ts'
import { CroftError, invalid } from '../../kernel/errors.ts'
import { claimFiles } from '../../domain/media/claims.ts'
import type { FetchedPicture } from '../../domain/media/picture.ts'
import { pictureIn } from '../../domain/media/picture-in.ts'
import { servingTeam } from '../../people/lock.ts'
import { keepScreenshot } from '../../domain/media/keep-screenshot.ts'
import { TooLargeError } from '../../media/index.ts'
import type { ApiOptions } from '../http/app.ts'
import { id, object } from '../http/shapes.ts'
import { uploads } from '../plugins/uploads.ts'

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
    return await pictureIn(ctx, request.caller.teamId, hash, 'file')
  } catch (error) {
    if (!(error instanceof TooLargeError)) throw error
    throw new CroftError('payload_too_large', `The picture is larger than ${Math.floor(error.maxBytes / 1_048_576)} MiB.`)
  } finally {
    part.file.resume()
  }
}

/** `POST /v1/work/{work_id}/screenshot`: a picture of what was done. A manager's key gives access to no other upload. */
export const screenshotRoute: FastifyPluginAsyncTypebox<ApiOptions> = async (app, { ctx }) => {
  await app.register(uploads, { limits: { files: 1, fields: 0 } })
  app.post(
    '/v1/work/:work_id/screenshot',
    {
      bodyLimit: ctx.limits.pictureBytes + 1_048_576,
      schema: {
        summary: 'Upload a picture of what was done',
        description: 'One image, in a part named `file`, for work that you hold; put its `media_id` into the submission.',
        tags: ['Work'],
        params: object({ work_id: id }),
        consumes: ['multipart/form-data'],
        response: { 201: { ...object({ media_id: id }), description: 'Kept' } },
      },
      config: { scope: 'work', errors: [507], dryRun: { hides: ['media_id'] } },
    },
    async (request, reply) => {
      const { work_id } = request.params
      request.caller = await servingTeam(ctx, request.caller, work_id)
      const files = claimFiles(ctx)
      try {
        const picture = await takePicture({ ...ctx, store: files.store }, request)
        return await reply.carryOut(
          (unit) => keepScreenshot(unit, work_id, picture),
          ({ mediaId }) => ({ media_id: mediaId }),
          { content: picture.file.hash },
        )
      } finally {
        // The file as it was sent, next to the picture made from it.
        await files.release()
      }
    },
  )
}
