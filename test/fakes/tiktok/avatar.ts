import type { Call, Reply } from '../common/calls.ts'
import { laterBy, type Platform } from './platform.ts'
import { lifetimes } from './rules.ts'
import type { Account } from './types.ts'

// A grey picture of one pixel.
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkaGj4DwADhAGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

/** The address of an account's picture, good for two hours. */
export function avatarUrl(platform: Platform, account: Account): string {
  const expires = Math.floor(laterBy(platform.clock, lifetimes.avatarSeconds).getTime() / 1000)
  return `${platform.address}/avatar/${encodeURIComponent(account.openId)}.png?x-expires=${expires}`
}

/** GET of a picture: 403 once its address has expired. */
export function avatar(platform: Platform, call: Call): Reply {
  const account = platform.accounts.find((a) => encodeURIComponent(a.openId) === call.params.openId)
  if (!account) return { status: 404 }
  if (Number(call.url.searchParams.get('x-expires')) * 1000 <= platform.clock.now().getTime()) return { status: 403 }
  return { status: 200, headers: { 'content-type': 'image/png' }, body: picture }
}
