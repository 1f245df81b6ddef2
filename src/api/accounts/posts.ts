import type { FastifyContextConfig } from 'fastify'
import { Type, type Static } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import { createForAccounts, type AccountPosts } from '../../domain/posts/create-for-accounts.ts'
import type { Detail } from '../../kernel/errors.ts'
import type { App } from '../http/app.ts'
import { id, nullable, object, oneOf, time, withExample } from '../http/shapes.ts'
import { asFamily, postOf, slideshowBody, videoBody } from './post-input.ts'

const post = {
  postId: id,
  accountId: id,
  platform: oneOf('tiktok', 'instagram'),
  status: oneOf('scheduled'),
  scheduledTime: time,
  timezone: nullable(Type.String()),
  createdAt: time,
}

const show = ({ posts, timezone }: AccountPosts) =>
  posts.map(({ post, account }) => ({
    postId: post.id,
    accountId: account.id,
    platform: account.platform,
    status: 'scheduled' as const,
    scheduledTime: (post.execute_at ?? post.created_at).toISOString(),
    timezone,
    createdAt: post.created_at.toISOString(),
  }))

// Without a time: any date would be past one day.
const example = {
  accountIds: ['0193a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b'],
  caption: 'From the oven',
  soundId: '7016547803243022337',
}

const asOneZip =
  'must be one URL, of a zip of slide-1.jpg, slide-2.jpg, …: Croft does not accept single images. Put them into a zip, upload it with POST /v1/media, and use its media_url'

/** What a slideshow asks for that Croft does not do. */
function notAsZip({ contentUrls, renderAsVideo, slideDuration }: Static<typeof slideshowBody>): Detail[] {
  const refused: Detail[] = []
  if (contentUrls.length > 1) refused.push({ path: 'contentUrls', message: asOneZip })
  if (renderAsVideo === true)
    refused.push({
      path: 'renderAsVideo',
      message: 'cannot be true: Croft posts slides as slides; post a video as a video instead',
    })
  if (slideDuration !== undefined)
    refused.push({ path: 'slideDuration', message: 'is for renderAsVideo, which Croft does not support; omit it' })
  return refused
}

const common = {
  tags: ['Account posts'],
  description:
    'One post for each account, all of them or none; published live. Follow each as `task_id` at `GET /v1/posts/{task_id}`. ' +
    'If clocks go back and a local time occurs twice, the first is used; if it is skipped, it is moved by the length of the gap.',
}
const config: FastifyContextConfig = { errors: [404, 429, 502], dryRun: { hides: ['postId'] } }

/** The posts of the accounts family: one body for several accounts, created for all of them or for none. */
export function accountPostRoutes(app: App, ctx: Context): void {
  app.post(
    '/v1/posts/video',
    {
      schema: {
        ...common,
        summary: 'Post a video to one or more accounts',
        body: withExample(videoBody, { ...example, contentUrl: 'https://cdn.example.com/clips/oven.mp4' }),
        response: { 201: object({ posts: Type.Array(object(post)) }) },
      },
      config,
    },
    ({ body }, reply) =>
      reply.carryOut(
        (unit) =>
          asFamily('contentUrl', () => {
            const input = postOf(ctx, body, { mediaType: 'video', mediaUrl: body.contentUrl })
            return createForAccounts(unit, body.accountIds, input, body.timezone ?? null)
          }),
        (made) => ({ posts: show(made) }),
      ),
  )
  app.post(
    '/v1/posts/slideshow',
    {
      schema: {
        ...common,
        summary: 'Post a slideshow to one or more accounts',
        body: withExample(slideshowBody, { ...example, contentUrls: ['https://cdn.example.com/slides/oven.zip'] }),
        response: { 201: object({ posts: Type.Array(object({ ...post, renderAsVideo: Type.Boolean() })) }) },
      },
      config,
    },
    ({ body }, reply) =>
      reply.carryOut(
        (unit) =>
          asFamily('contentUrls', () => {
            const refused = notAsZip(body)
            const input = postOf(ctx, body, { mediaType: 'slideshow', mediaUrl: body.contentUrls[0] ?? '' }, refused)
            return createForAccounts(unit, body.accountIds, input, body.timezone ?? null)
          }),
        (made) => ({ posts: show(made).map((one) => ({ ...one, renderAsVideo: false })) }),
      ),
  )
}
