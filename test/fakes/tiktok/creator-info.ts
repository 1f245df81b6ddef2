import type { Call, Reply } from '../common/calls.ts'
import { authorize, readBody } from './authorized.ts'
import { avatarUrl } from './avatar.ts'
import { directPostCap } from './caps.ts'
import { errorReply, okReply } from './errors.ts'
import type { Platform } from './platform.ts'
import type { Account, PrivacyLevel } from './types.ts'

/** The privacy levels that the account may choose from. */
export const privacyOptionsOf = (account: Account): PrivacyLevel[] =>
  account.privacyOptions ?? [
    account.isPrivate ? 'FOLLOWER_OF_CREATOR' : 'PUBLIC_TO_EVERYONE',
    'MUTUAL_FOLLOW_FRIENDS',
    'SELF_ONLY',
  ]

/** POST /v2/post/publish/creator_info/query/ */
export function creatorInfo(platform: Platform, call: Call): Reply {
  const { account } = authorize(platform, 'creator_info/query', call, ['video.publish'])
  if (call.body !== '') readBody(call).end()
  const cap = directPostCap(platform, account)
  // These errors come with 200 on purpose.
  if (cap !== null) return errorReply(cap, 'the account may not post now', 200)
  return okReply({
    creator_avatar_url: avatarUrl(platform, account),
    creator_username: account.handle,
    creator_nickname: account.displayName,
    privacy_level_options: privacyOptionsOf(account),
    comment_disabled: account.commentDisabled,
    duet_disabled: account.duetDisabled,
    stitch_disabled: account.stitchDisabled,
    max_video_post_duration_sec: account.maxVideoSeconds,
  })
}
