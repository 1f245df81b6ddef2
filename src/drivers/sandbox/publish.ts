import type { DriverPost, DriverProfile, Outcome, Published, Recall, Reconciled, Refused, Step } from '../contract.ts'
import { call, within, type CallContext, type SandboxClient } from './call.ts'
import { postState, Refusal, releaseDraft, uploadState, type Posted } from './platform/index.ts'
import { signInAgain } from './profile.ts'
import { refusedAsOutcome } from './refused.ts'

/** What the once step stores: the post, or the platform's definite refusal. */
type Answer = { id: string; path: string | null; at: string } | { refused: { [K in keyof Refused]: Refused[K] } }

const done = (publicUrl: string, post: { id: string; path: string | null; at: Date }): Published => ({
  platformPostId: post.id,
  url: post.path === null ? null : `${publicUrl}${post.path}`,
  at: post.at,
})

async function askOnce(
  client: SandboxClient,
  profile: DriverProfile,
  work: (context: CallContext) => Promise<Posted>,
): Promise<Answer> {
  try {
    const post = await call(client, profile, 'publish', work)
    return { id: post.id, path: post.path, at: post.at.toISOString() }
  } catch (error) {
    if (error instanceof Refusal) return { refused: { ...error.refused } }
    throw error
  }
}

/** Uploads and publishes, or releases the draft. @throws OutcomeUnknown if the publish step began and its outcome is unknown */
export function publishPost(
  client: SandboxClient,
  publicUrl: string,
  profile: DriverProfile,
  post: DriverPost,
  step: Step,
): Promise<Outcome<Published>> {
  const { platform } = client
  return refusedAsOutcome(async () => {
    const uploadId = post.draftId === null ? await step('upload', () => sendFiles(client, profile, post)) : null
    const answer = await step<Answer>(
      'publish',
      () =>
        askOnce(client, profile, (context) => {
          if (uploadId === null) return releaseDraft(platform, post.draftId ?? '', context)
          const { title, description, soundId } = post
          return client.publish({ uploadId, ref: post.id, draft: !post.isLive, title, description, soundId }, context)
        }),
      { once: true },
    )
    if ('refused' in answer) return { failed: answer.refused }
    return { done: done(publicUrl, { ...answer, at: new Date(answer.at) }) }
  })
}

function sendFiles(client: SandboxClient, profile: DriverProfile, post: DriverPost): Promise<string> {
  return call(client, profile, 'upload', async ({ limit }) => {
    const media = { urls: post.mediaUrls, width: post.info.width, height: post.info.height }
    const files = { session: profile.id, kind: post.mediaType, media }
    const uploaded = await client.upload(files)
    if (uploaded !== null) return uploaded
    await signInAgain(client.platform, profile, limit)
    const again = await client.upload(files)
    if (again === null) throw new Error('the account was signed out amid an upload')
    return again
  })
}

/**
 * Asks what became of the upload or the draft. `unknown` only if the platform has lost it.
 * @throws NoAnswer if another process still has the publish open; ask again later
 */
export async function reconcilePost(
  client: SandboxClient,
  publicUrl: string,
  post: DriverPost,
  recall: Recall,
): Promise<Reconciled> {
  const { draftId } = post
  if (draftId !== null) {
    const state = await within(client, () => postState(client.platform, draftId))
    if (!state) return { is: 'unknown' }
    return state.draft ? { is: 'not_published' } : { is: 'published', done: done(publicUrl, state) }
  }
  const uploadId = await recall<string>('upload')
  if (uploadId === null) return { is: 'not_published' }
  const state = await within(client, () => uploadState(client.platform, uploadId))
  if (!state) return { is: 'unknown' }
  return state.published ? { is: 'published', done: done(publicUrl, state.published) } : { is: 'not_published' }
}
