import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import { cancelPost } from '../../domain/posts/cancel.ts'
import { createPost } from '../../domain/posts/create.ts'
import { listPosts } from '../../domain/posts/list.ts'
import { releaseDraft } from '../../domain/posts/release.ts'
import { resolvePost, type Resolution } from '../../domain/posts/resolve.ts'
import { retryPost } from '../../domain/posts/retry.ts'
import { updatePost } from '../../domain/posts/update.ts'
import { getPostView, type PostView } from '../../domain/posts/view.ts'
import { invalid } from '../../kernel/errors.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import { readRoute, writeRoute } from '../http/route.ts'
import { id, nullable, object, oneOf, pageBody, pageOf, pageQuery, pageRequest, url } from '../http/shapes.ts'
import { explained, newPost, postChanges, postChangesOf, postInput, requireNewPost, soundMembers } from './post-input.ts'
import { postShape, postStatus, presentPost, warnings } from './post-shape.ts'

const params = object({ task_id: id })
const common = { family: 'farm', tag: 'Posts', response: postShape } as const

/** Algorhythm's “Post to a farm profile”, and the routes around it. */
export function postRoutes(app: FastifyInstance, ctx: Context): void {
  writeRoute(app, ctx, {
    family: 'farm',
    tag: 'Posts',
    method: 'POST',
    url: '/v1/posts',
    status: 202,
    summary: 'Post to a farm profile',
    description:
      'Returns at once; the media is downloaded and checked in the background, and the post is published when it is due. Follow it by its `task_id`.',
    body: newPost,
    response: object({ task_id: id }),
    example: { task_id: '0193a1b2-9e5f-7061-8c7d-8e9f0a1b2c3d' },
    errors: [404, 502],
    limitedAs: 'post-create',
    made: ['task_id'],
    ownFaults: true,
    shared: true,
    write: (unit, { body }, faults) => {
      requireNewPost(ctx, body, faults)
      return createPost(unit, body.profile_id, postInput(body))
    },
    present: (_, post) => ({ task_id: post.id }),
    dryMembers: { warnings },
    dry: (answer, post) => ({ ...answer, warnings: post.warnings }),
  })
  readRoute(app, ctx, {
    family: 'farm',
    tag: 'Posts',
    url: '/v1/posts',
    summary: 'List posts, newest first',
    query: pageQuery({ status: Type.Optional(postStatus), profile_id: Type.Optional(id) }),
    response: pageOf(postShape),
    errors: [422],
    read: async (_, caller, { query }) =>
      pageBody(
        await listPosts(ctx, caller, pageRequest(query), { status: query.status, profileId: query.profile_id }),
        presentPost,
      ),
  })
  readRoute(app, ctx, {
    ...common,
    url: '/v1/posts/:task_id',
    summary: 'Get a post',
    params,
    read: async (_, caller, input) => presentPost(await getPostView(ctx, caller.teamId, input.params.task_id)),
  })
  writeRoute(app, ctx, {
    ...common,
    method: 'PATCH',
    url: '/v1/posts/:task_id',
    summary: 'Change a post that has not begun to publish',
    description: 'Accepts what creation accepts, except for `profile_id`. New media goes through all checks again.',
    params,
    body: postChanges,
    errors: [502],
    ownFaults: true,
    write: (unit, { params: { task_id }, body }, faults) =>
      updatePost(unit, task_id, postChangesOf(soundMembers(body, faults)), explained(body, faults)),
    present: (_, view) => presentPost(view),
  })
  postActions(app, ctx)
}

const resolution = object({ outcome: oneOf('published', 'not_published'), post_url: Type.Optional(nullable(url)) })

function resolutionOf({ outcome, post_url = null }: Static<typeof resolution>): Resolution {
  if (post_url !== null && outcome !== 'published')
    throw invalid([{ path: 'post_url', message: 'is only for a published post; omit it' }])
  if (post_url !== null && URL.parse(post_url)?.protocol !== 'https:')
    throw invalid([{ path: 'post_url', message: 'must be the https:// address of the post' }])
  return outcome === 'published' ? { outcome, postUrl: post_url } : { outcome }
}

const actions: { name: string; summary: string; verb: (unit: UnitOfWork, id: string) => Promise<PostView> }[] = [
  { name: 'cancel', summary: 'Cancel a post before it has begun to publish', verb: cancelPost },
  { name: 'publish', summary: 'Publish a saved draft', verb: releaseDraft },
  { name: 'retry', summary: 'Retry a failed post', verb: retryPost },
]

function postActions(app: FastifyInstance, ctx: Context): void {
  for (const { name, summary, verb } of actions) {
    writeRoute(app, ctx, {
      ...common,
      method: 'POST',
      url: `/v1/posts/:task_id/${name}`,
      summary,
      params,
      errors: [502],
      write: (unit, input) => verb(unit, input.params.task_id),
      present: (_, view) => presentPost(view),
    })
  }
  writeRoute(app, ctx, {
    ...common,
    method: 'POST',
    url: '/v1/posts/:task_id/resolve',
    summary: 'Report whether an unconfirmed post was published',
    description: 'For a person who has checked the profile.',
    params,
    body: resolution,
    write: (unit, { params: { task_id }, body }) => resolvePost(unit, task_id, resolutionOf(body)),
    present: (_, view) => presentPost(view),
  })
}
