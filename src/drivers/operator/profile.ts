import type { JsonObject } from '../../lib/json.ts'
import type { Brief, DriverProfile, ProfileField } from '../contract.ts'
import { appOf, couldNot, openAccount, steps, takePhone } from './words.ts'

const picture = (profile: DriverProfile): Brief['media'] =>
  profile.pictureUrl === null ? [] : [{ kind: 'picture', url: profile.pictureUrl }]

const minutes = (ms: number): string => {
  const whole = Math.max(Math.round(ms / 60_000), 1)
  return whole === 1 ? '1 minute' : `${whole} minutes`
}

/** A session of ordinary use. Nothing in it is ordered, counted or checked. */
export const warmUpBrief = (profile: DriverProfile, session: { lengthMs: number; topics?: string | null }): Brief => ({
  instructions: steps(
    openAccount(profile),
    `Start the item, and use the app for about ${minutes(session.lengthMs)} as its owner would. What you do there is up to you: nothing is ordered, and nothing is counted.`,
    session.topics == null ? null : `The topics of the account, as the team notes them: ${session.topics}`,
    'Submit when the session is over; add a note of anything unusual for the next person.',
    couldNot,
  ),
  values: {},
  media: [],
})

const said: Readonly<Record<ProfileField, string>> = {
  name: 'the display name',
  username: 'the username',
  bio: 'the bio',
  picture: 'the picture',
}

function valuesOf(profile: DriverProfile, fields: readonly ProfileField[]): JsonObject {
  const all: Record<ProfileField, JsonObject> = {
    name: { display_name: profile.displayName },
    username: { username: profile.username },
    bio: { bio: profile.bio },
    picture: { profile_picture_url: profile.pictureUrl },
  }
  return Object.assign({}, ...fields.map((field) => all[field])) as JsonObject
}

/** Signs the owner's account in on a phone: sets what was requested, and reads the rest without changing it. */
export function setUpBrief(profile: DriverProfile, asked: readonly ProfileField[]): Brief {
  const toSet = asked.map((field) => said[field]).join(', ')
  return {
    instructions: steps(
      `Choose the phone for @${profile.username}, and open ${appOf(profile)} on it.`,
      'Start the item, then have the owner sign the account in, in person or over a call. Never ask for the password, a code or the e-mail account, and write none of them down.',
      `Check that the account is @${profile.username}${toSet === '' ? '' : `, and set ${toSet} to what values says; null means empty`}.`,
      asked.length === 3
        ? null
        : 'Leave everything else of the profile as it is, and report the display name and the bio that it displays.',
      'Submit with values.phone_name, the name by which you know this phone, and with values.display_name and values.bio as the app displays them.',
      couldNot,
    ),
    values: { username: profile.username, ...valuesOf(profile, asked) },
    media: asked.includes('picture') ? picture(profile) : [],
  }
}

/** Sets values on the platform. */
export const editBrief = (profile: DriverProfile, fields: readonly ProfileField[]): Brief => ({
  instructions: steps(
    fields.includes('username')
      ? `${takePhone(profile)} and open ${appOf(profile)} as the account that is to be @${profile.username}.`
      : openAccount(profile),
    `Start the item, open the profile's settings and set ${fields.map((field) => said[field]).join(', ')} to exactly what values says; null means empty.`,
    'Submit when the app displays the new values; a screenshot is welcome.',
    couldNot,
  ),
  values: valuesOf(profile, fields),
  media: fields.includes('picture') ? picture(profile) : [],
})
