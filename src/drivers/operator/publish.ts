import { soundUrl } from '../../platforms/index.ts'
import type { Brief, DriverPost, DriverProfile } from '../contract.ts'
import { openAccount, steps } from './words.ts'

function upload(post: DriverPost): string {
  if (post.draftId !== null)
    return 'Start the item, then open the draft that was saved for this post; it is among the drafts of the profile.'
  const what =
    post.mediaType === 'video'
      ? 'download the video under media and choose it in the app'
      : `download the ${post.mediaUrls.length} slides under media and choose them in this order`
  return `Start the item before anything else, then ${what}.`
}

function soundStep(profile: DriverProfile, { soundId }: DriverPost): string {
  if (soundId === null) return 'Use the original sound: do not choose another one.'
  return `Use the sound ${soundUrl(profile.platform, soundId)}: open the link on the phone and choose the sound there.`
}

function labels(post: DriverPost): string | null {
  const set = [
    post.privacyLevel === null ? null : `who can see it: ${post.privacyLevel}`,
    post.isAiGenerated ? 'switch the label for AI-generated content on' : null,
    post.isCommercial ? 'switch the disclosure of commercial content on' : null,
  ].filter((line) => line !== null)
  return set.length === 0 ? null : `Set: ${set.join('; ')}.`
}

/** Publishes one post, once. */
export const publishBrief = (profile: DriverProfile, post: DriverPost): Brief => ({
  instructions: steps(
    openAccount(profile),
    upload(post),
    'Enter values.title and values.description exactly as given; empty means none.',
    soundStep(profile, post),
    labels(post),
    post.isLive
      ? 'Post it, once. Submit with post_url: the link that the app gives for the post.'
      : 'Save it as a draft and do not post it. Submit without a post_url.',
    'If it cannot be done, fail the item with a code and a sentence that gives the reason. With the code try_again, only if nothing was published, it goes into the queue again; with the code outcome_unknown, if you cannot tell whether it was published, somebody checks first.',
  ),
  values: {
    title: post.title,
    description: post.description,
    sound_id: post.soundId,
    sound_url: post.soundId === null ? null : soundUrl(profile.platform, post.soundId),
    is_live: post.isLive,
    privacy_level: post.privacyLevel,
    is_ai_generated: post.isAiGenerated,
    is_commercial: post.isCommercial,
  },
  media:
    post.draftId !== null
      ? []
      : post.mediaUrls.map((url) => ({ kind: post.mediaType === 'video' ? ('video' as const) : ('slide' as const), url })),
})
