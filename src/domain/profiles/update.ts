import { list } from '../../lib/text.ts'
import { platforms } from '../../platforms/index.ts'
import { CroftError } from '../../kernel/errors.ts'
import { mediaBehind } from '../media/own.ts'
import { fetchPicture, type FetchedPicture } from '../media/picture.ts'
import type { ProfileRow } from '../../kernel/rows.ts'
import { isUniqueViolation } from '../../kernel/conflict.ts'
import { recordEvent, recordTimeline } from '../../kernel/record.ts'
import type { UnitOfWork, Tx } from '../../kernel/unit-of-work.ts'
import { requestEdit } from './edit.ts'
import { getProfile, lockProfile } from './get.ts'
import { isClosed } from './lifecycle.ts'
import { requireNameChange } from './name-change.ts'
import { changedFields, storeValues, type NewValues } from './store-values.ts'
import { refusalOf, usernameTaken, valueProblems, type Problem, type ValueNames } from './values.ts'
import { profileDetails, type ProfileDetails } from './details.ts'

/** Omitted or null leaves a value as it is; an empty bio clears it. */
export interface ProfileChanges {
  name?: string | null | undefined
  username?: string | null | undefined
  bio?: string | null | undefined
  pictureUrl?: string | null | undefined
}

/** How a route family requests an edit, and its words for it. */
export interface EditForm {
  names: ValueNames
  /** What the family itself found wrong; reported together with the platform's rules. */
  problems: (profile: ProfileRow) => readonly Problem[]
  /** Whether the platform's rule for square pictures applies. */
  square: boolean
  nothing: string
  closed: (profile: ProfileRow) => CroftError
}

export const farmNames: ValueNames = { name: 'name', username: 'username', bio: 'bio', picture: 'profile_picture_url' }

/** The names of Algorhythm's “Update a farm profile”. */
const farmForm: EditForm = {
  names: farmNames,
  problems: () => [],
  square: false,
  nothing: 'Give a bio, a profile_picture_url, or both.',
  closed: ({ status }) => new CroftError('profile_closed', `The profile is ${status} permanently. Create a new one.`, { status }),
}

export interface UpdatedProfile extends ProfileDetails {
  nameChanged: boolean
}

/** A picture at the address of the profile's own picture is not a new one. */
async function isPresent(unit: UnitOfWork, profile: ProfileRow, url: string): Promise<boolean> {
  if (profile.picture_id === null || profile.not_applied.includes('picture')) return false
  return (await mediaBehind(unit.ctx, unit.caller.teamId, url))?.id === profile.picture_id
}

async function bringPicture(
  unit: UnitOfWork,
  profile: ProfileRow,
  url: string | undefined,
  form: EditForm,
): Promise<FetchedPicture | null> {
  if (url === undefined || (await isPresent(unit, profile, url))) return null
  const square = form.square && platforms[profile.platform].picture.square.value
  return fetchPicture(unit.ctx, unit.caller.teamId, url, { path: form.names.picture, square })
}

async function apply(tx: Tx, id: string, values: NewValues, form: EditForm): Promise<UpdatedProfile> {
  const before = await lockProfile(tx.trx, tx.caller.teamId, id)
  if (isClosed(before.status)) throw form.closed(before)
  const fields = changedFields(before, values)
  if (fields.length === 0) return { ...(await profileDetails(tx.ctx, tx.trx, before)), nameChanged: false }
  const row = await storeValues(tx, before, values, fields)
  await requestEdit(tx, row, fields)
  await recordTimeline(tx, {
    profileId: id,
    kind: 'edit',
    to: 'stored',
    reason: `New ${list(fields)} stored; a task applies ${fields.length > 1 ? 'them' : 'it'} on the platform.`,
  })
  await recordEvent(tx, 'profile.updated', { profile_id: id, fields })
  tx.wake('tasks')
  return { ...(await profileDetails(tx.ctx, tx.trx, row)), nameChanged: row.display_name !== before.display_name }
}

/**
 * Changes the stored values at once, all or none; a `profile_edit` task applies them on the platform. Source:
 * Algorhythm's “Update a farm profile” and Infinipost's profile PATCH. All values are checked first, then the name's
 * cooldown, then the picture.
 * @throws CroftError `profile_not_found`, the problems of the values, `nothing_to_update`, the error of `form` for a
 *   closed profile, `name_change_restricted`, the problems of the picture, `username_taken`
 */
export async function updateProfile(
  unit: UnitOfWork,
  id: string,
  changes: ProfileChanges,
  form: EditForm = farmForm,
): Promise<UpdatedProfile> {
  const { ctx, caller } = unit
  const profile = await getProfile(ctx.db, caller.teamId, id)
  const [name, username, bio, pictureUrl] = [changes.name, changes.username, changes.bio, changes.pictureUrl].map(
    (value) => value ?? undefined,
  )
  const problems = [
    ...form.problems(profile),
    ...valueProblems(ctx, profile.platform, { name, username, bio, pictureUrl }, form.names),
  ]
  if (problems.length > 0) throw refusalOf(problems)
  if ([name, username, bio, pictureUrl].every((value) => value === undefined))
    throw new CroftError('nothing_to_update', form.nothing)
  if (isClosed(profile.status)) throw form.closed(profile)
  if (name !== undefined && name !== profile.display_name) requireNameChange(profile, ctx.clock.now())
  const picture = await bringPicture(unit, profile, pictureUrl, form)
  try {
    return await unit.commit((tx) => apply(tx, id, { name, username, bio, picture }, form))
  } catch (error) {
    if (username === undefined || !isUniqueViolation(error, 'profiles_one_living_username')) throw error
    throw usernameTaken(profile.platform, username)
  }
}
