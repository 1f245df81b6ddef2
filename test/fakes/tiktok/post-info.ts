import { privacyOptionsOf } from './creator-info.ts'
import { refusal } from './errors.ts'
import type { Members } from './members.ts'
import type { Platform } from './platform.ts'
import { textRules } from './rules.ts'
import { privacyLevels, type Account, type PostInfo, type PrivacyLevel } from './types.ts'

/** Reads `post_info` of video/init. */
export function readVideoPostInfo(platform: Platform, account: Account, info: Members): PostInfo {
  const read: PostInfo = {
    title: info.text('title', { most: textRules.videoTitle, or: '' }),
    description: '',
    privacy: readPrivacy(platform, account, info),
    ...readToggles(account, info),
    disableDuet: info.flag('disable_duet') || account.duetDisabled,
    disableStitch: info.flag('disable_stitch') || account.stitchDisabled,
    aiGenerated: info.flag('is_aigc'),
    autoAddMusic: false,
    coverTimestampMs: info.has('video_cover_timestamp_ms') ? info.whole('video_cover_timestamp_ms') : null,
  }
  info.end()
  return refusePrivateBranding(read)
}

/** Reads `post_info` of content/init. A draft has no privacy level: the user chooses it in the app. */
export function readPhotoPostInfo(platform: Platform, account: Account, info: Members, mode: 'direct' | 'draft'): PostInfo {
  const read: PostInfo = {
    title: info.text('title', { most: textRules.photoTitle, or: '' }),
    description: info.text('description', { most: textRules.photoDescription, or: '' }),
    privacy: mode === 'direct' ? readPrivacy(platform, account, info) : ignoredPrivacy(info),
    ...readToggles(account, info),
    disableDuet: false,
    disableStitch: false,
    aiGenerated: false,
    autoAddMusic: info.flag('auto_add_music'),
    coverTimestampMs: null,
  }
  info.end()
  return refusePrivateBranding(read)
}

// What creator_info says is disabled stays disabled, whatever the client sends: the documents name no error for it.
const readToggles = (account: Account, info: Members) => ({
  disableComment: info.flag('disable_comment') || account.commentDisabled,
  brandContent: info.flag('brand_content_toggle'),
  brandOrganic: info.flag('brand_organic_toggle'),
})

function readPrivacy({ app }: Platform, account: Account, info: Members): PrivacyLevel {
  const privacy = info.oneOf('privacy_level', privacyLevels)
  if (!app.audited && (!account.isPrivate || privacy !== 'SELF_ONLY')) {
    throw refusal(
      'unaudited_client_can_only_post_to_private_accounts',
      'an unaudited client can only post with SELF_ONLY, to accounts that are private',
    )
  }
  if (!privacyOptionsOf(account).includes(privacy)) {
    throw refusal('privacy_level_option_mismatch', `${privacy} is not one of the options of creator_info`)
  }
  return privacy
}

// The documents ask for it with direct posts alone and do not forbid it here.
function ignoredPrivacy(info: Members): null {
  if (info.has('privacy_level')) info.oneOf('privacy_level', privacyLevels)
  return null
}

function refusePrivateBranding(info: PostInfo): PostInfo {
  if (!info.brandContent || info.privacy !== 'SELF_ONLY') return info
  throw refusal('invalid_param', 'branded content cannot be SELF_ONLY')
}
