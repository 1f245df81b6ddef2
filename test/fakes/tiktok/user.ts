import type { Call, Reply } from '../common/calls.ts'
import { authorize, readFields, requireScope } from './authorized.ts'
import { avatarUrl } from './avatar.ts'
import { okReply } from './errors.ts'
import type { Platform } from './platform.ts'
import type { Account, Scope } from './types.ts'

type Field = keyof typeof fields

/** Each field of user/info with its scope. */
const fields = {
  open_id: { scope: 'user.info.basic', of: (_p: Platform, a: Account) => a.openId },
  union_id: { scope: 'user.info.basic', of: (_p: Platform, a: Account) => a.unionId },
  avatar_url: { scope: 'user.info.basic', of: avatarUrl },
  avatar_url_100: { scope: 'user.info.basic', of: avatarUrl },
  avatar_large_url: { scope: 'user.info.basic', of: avatarUrl },
  display_name: { scope: 'user.info.basic', of: (_p: Platform, a: Account) => a.displayName },
  bio_description: { scope: 'user.info.profile', of: (_p: Platform, a: Account) => a.bio },
  profile_deep_link: { scope: 'user.info.profile', of: (_p: Platform, a: Account) => `https://vm.tiktok.com/${a.handle}/` },
  is_verified: { scope: 'user.info.profile', of: (_p: Platform, a: Account) => a.isVerified },
  username: { scope: 'user.info.profile', of: (_p: Platform, a: Account) => a.handle },
  follower_count: { scope: 'user.info.stats', of: (_p: Platform, a: Account) => a.followers },
  following_count: { scope: 'user.info.stats', of: (_p: Platform, a: Account) => a.following },
  likes_count: { scope: 'user.info.stats', of: (_p: Platform, a: Account) => a.likes },
  video_count: {
    scope: 'user.info.stats',
    of: ({ posts }: Platform, a: Account) =>
      posts.filter((post) => post.account === a && post.publiclyAvailable && !post.removed).length,
  },
} as const satisfies Record<string, { scope: Scope; of: (platform: Platform, account: Account) => string | number | boolean }>

const names = Object.keys(fields) as Field[]

/** GET /v2/user/info/?fields=: each field needs its scope. */
export function userInfo(platform: Platform, call: Call): Reply {
  const { account, grant } = authorize(platform, 'user/info', call)
  const asked = readFields(call, names)
  for (const name of asked) requireScope(grant, [fields[name].scope])
  return okReply({ user: Object.fromEntries(asked.map((name) => [name, fields[name].of(platform, account)])) })
}
