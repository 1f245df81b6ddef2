import type { JsonObject } from '../../lib/json.ts'
import type { DriverProfile, Outcome, ProfileField, SetUp, Step } from '../contract.ts'
import { call, type SandboxClient } from './call.ts'
import {
  accountNamed,
  setProfile,
  signedIn,
  signIn,
  type Limit,
  type ProfileChanges,
  type SandboxPlatform,
} from './platform/index.ts'
import { refusedAsOutcome } from './refused.ts'

const signInTo = (
  platform: SandboxPlatform,
  profile: DriverProfile,
  asked: readonly ProfileField[],
  limit: Limit,
): Promise<string> => {
  const { id: session, username, displayName, bio, pictureUrl } = profile
  const set = { name: asked.includes('name'), bio: asked.includes('bio'), picture: asked.includes('picture') }
  return signIn(platform, { session, platform: profile.platform, username, displayName, bio, pictureUrl, set }, limit)
}

/** Signs a profile in that was signed out, as an app with stored credentials would. @returns its account on the platform */
export const signInAgain = (platform: SandboxPlatform, profile: DriverProfile, limit: Limit): Promise<string> =>
  signInTo(platform, profile, [], limit)

const accountOf = async (platform: SandboxPlatform, profile: DriverProfile, limit: Limit): Promise<string> =>
  (await signedIn(platform, profile.id)) ?? (await signInAgain(platform, profile, limit))

/** Signs the profile in on a phone of its own, and reads what the account displays. */
export function setUpProfile(
  client: SandboxClient,
  profile: DriverProfile,
  asked: readonly ProfileField[],
  step: Step,
): Promise<Outcome<SetUp>> {
  return refusedAsOutcome(async () => {
    await step('sign_in', () => call(client, profile, 'sign_in', ({ limit }) => signInTo(client.platform, profile, asked, limit)))
    const shown = await accountNamed(client.platform, profile.platform, profile.username)
    const found = shown ? { found: { displayName: shown.display_name, bio: shown.bio } } : {}
    return { done: { phoneName: `sandbox phone of @${profile.username}`, ...found } }
  })
}

/** A session of the given length in milliseconds: it begins, the task sleeps, it is done. */
export function warmUpProfile(
  client: SandboxClient,
  profile: DriverProfile,
  lengthMs: number,
  step: Step,
): Promise<Outcome<JsonObject>> {
  const now = () => client.platform.clock.now()
  return refusedAsOutcome(async () => {
    const began = await step('begin', () => call(client, profile, 'warm_up', () => Promise.resolve(now().toISOString())))
    const until = new Date(Date.parse(began) + lengthMs)
    return now() < until ? { wait: { until } } : { done: { began_at: began, simulated: true } }
  })
}

/** Sets the named fields to the profile's current values, all or none. */
export function editProfileFields(
  client: SandboxClient,
  profile: DriverProfile,
  fields: readonly ProfileField[],
  step: Step,
): Promise<Outcome<JsonObject>> {
  const value: Record<ProfileField, ProfileChanges> = {
    name: { displayName: profile.displayName },
    username: { username: profile.username },
    bio: { bio: profile.bio },
    picture: { pictureUrl: profile.pictureUrl },
  }
  return refusedAsOutcome(async () => {
    await step('edit', () =>
      call(client, profile, 'edit_profile', async ({ limit }) => {
        const accountId = await accountOf(client.platform, profile, limit)
        await setProfile(
          client.platform,
          accountId,
          Object.assign({}, ...fields.map((field) => value[field])) as ProfileChanges,
          limit,
        )
        return [...fields]
      }),
    )
    return { done: { fields: [...fields] } }
  })
}
