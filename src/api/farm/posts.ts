import { Type, type Static } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import { cancelPost } from '../../domain/posts/cancel.ts'
import { createPost } from '../../domain/posts/create.ts'
import { listPosts } from '../../domain/posts/list.ts'
import { releaseDraft } from '../../domain/posts/release.ts'
import { resolvePost, type Resolution } from '../../domain/posts/resolve.ts'
import { retryPost } from '../../domain/posts/retry.ts'
import { updatePost } from '../../domain/posts/update.ts'
import { getPostDetails, type PostDetails } from '../../domain/posts/details.ts'
import { invalid } from '../../kernel/errors.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import type { App } from '../http/app.ts'
import { id, nullable, object, oneOf, pageBody, pageOf, pageQuery, pageRequest, url, withExample } from '../http/shapes.ts'
import { explained, newPost, postChanges, postChangesOf, postInput, requireNewPost, soundMembers } from './post-input.ts'
import { postShape, postStatus, presentPost, warnings } from './post-shape.ts'

const tags = ['Posts']
const params = object({ task_id: id })
const accepted = withExample(object({ task_id: id }), { task_id: '0193a1b2-9e5f-7061-8c7d-8e9f0a1b2c3d' })

/** Algorhythm's “Post to a farm profile”, and the routes around it. */
export function postRoutes(app: App, ctx: Context): void {
  app.post(
    '/v1/posts',
    {
      attachValidation: true,
      schema: {
        summary: 'Post to a farm profile',
        description:
          'Returns at once; the media is downloaded and checked in the background, and the post is published when it is due. Follow it by its `task_id`.',
        tags,
        body: newPost,
        response: { 202: accepted },
      },
      config: {
        errors: [404, 502],
        limit: 'post-create',
        shared: true,
        dryRun: { hides: ['task_id'], members: { warnings } },
      },
    },
    ({ body, faults }, reply) =>
      reply.carryOut(
        (unit) => {
          requireNewPost(ctx, body, faults)
          return createPost(unit, body.profile_id, postInput(body))
        },
        (post) => ({ task_id: post.id }),
        { dry: (answer, post) => ({ ...answer, warnings: post.warnings }) },
      ),
  )
  app.get(
    '/v1/posts',
    {
      schema: {
        summary: 'List posts, newest first',
        tags,
        querystring: pageQuery({ status: Type.Optional(postStatus), profile_id: Type.Optional(id) }),
        response: { 200: pageOf(postShape) },
      },
      config: { errors: [422] },
    },
    async ({ caller, query }) => {
      const filter = { status: query.status, profileId: query.profile_id }
      return pageBody(await listPosts(ctx, caller, pageRequest(query), filter), presentPost)
    },
  )
  app.get(
    '/v1/posts/:task_id',
    { schema: { summary: 'Get a post', tags, params, response: { 200: postShape } } },
    async ({ caller, params }) => presentPost(await getPostDetails(ctx, caller.teamId, params.task_id)),
  )
  app.patch(
    '/v1/posts/:task_id',
    {
      attachValidation: true,
      schema: {
        summary: 'Change a post that has not begun to publish',
        description: 'Accepts what creation accepts, except for `profile_id`. New media goes through all checks again.',
        tags,
        params,
        body: postChanges,
        response: { 200: postShape },
      },
      config: { errors: [502] },
    },
    ({ params, body, faults }, reply) =>
      reply.carryOut(
        (unit) => updatePost(unit, params.task_id, postChangesOf(soundMembers(body, faults)), explained(body, faults)),
        presentPost,
      ),
  )
  postActions(app)
}

const resolution = object({ outcome: oneOf('published', 'not_published'), post_url: Type.Optional(nullable(url)) })

function resolutionOf({ outcome, post_url = null }: Static<typeof resolution>): Resolution {
  if (post_url !== null && outcome !== 'published')
    throw invalid([{ path: 'post_url', message: 'is only for a published post; omit it' }])
  if (post_url !== null && URL.parse(post_url)?.protocol !== 'https:')
    throw invalid([{ path: 'post_url', message: 'must be the https:// address of the post' }])
  return outcome === 'published' ? { outcome, postUrl: post_url } : { outcome }
}

const actions: { name: string; summary: string; verb: (unit: UnitOfWork, id: string) => Promise<PostDetails> }[] = [
  { name: 'cancel', summary: 'Cancel a post before it has begun to publish', verb: cancelPost },
  { name: 'publish', summary: 'Publish a saved draft', verb: releaseDraft },
  { name: 'retry', summary: 'Retry a failed post', verb: retryPost },
]

function postActions(app: App): void {
  for (const { name, summary, verb } of actions) {
    app.post(
      `/v1/posts/:task_id/${name}`,
      { schema: { summary, tags, params, response: { 200: postShape } }, config: { errors: [502] } },
      ({ params }, reply) => reply.carryOut((unit) => verb(unit, params.task_id), presentPost),
    )
  }
  app.post(
    '/v1/posts/:task_id/resolve',
    {
      schema: {
        summary: 'Report whether an unconfirmed post was published',
        description: 'For a person who has checked the profile.',
        tags,
        params,
        body: resolution,
        response: { 200: postShape },
      },
    },
    ({ params, body }, reply) => reply.carryOut((unit) => resolvePost(unit, params.task_id, resolutionOf(body)), presentPost),
  )
}
