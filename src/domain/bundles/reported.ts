import type { Platform } from '../../db/schema.ts'
import type { JsonObject } from '../../lib/json.ts'
import { list } from '../../lib/text.ts'
import type { Context } from '../../kernel/context.ts'
import { invalid, type Detail } from '../../kernel/errors.ts'
import { phoneNameProblems } from '../phones/find-or-add.ts'
import type { Submission } from '../../people/contract.ts'
import { accountProblems, type AccountNames } from './values.ts'

const names: AccountNames = {
  username: 'values.username',
  visibleName: 'values.visible_name',
  biography: 'values.biography',
  pictureUrl: 'values.profile_picture_url',
  linkInBio: 'values.link_in_bio',
}
/** For a setup: the phone on which the account is signed in. */
const phoneName = 'phone_name'
const profileFields = ['username', 'visible_name', 'biography', 'link_in_bio'] as const
/** Null means that the account has none. */
const mayBeNull: readonly string[] = ['biography', 'link_in_bio']

const textOf = (values: Submission['values'], name: (typeof profileFields)[number]): string | null => {
  const value = values?.[name]
  return typeof value === 'string' ? value : null
}

/** The faults of the values that a manager reports for an account: the rules for ordered values apply. */
function valueFaults(
  ctx: Context,
  platform: Platform,
  values: NonNullable<Submission['values']>,
  known: readonly string[],
): Detail[] {
  const shape: Detail[] = Object.entries(values).flatMap(([name, value]) => {
    const path = `values.${name}`
    if (!known.includes(name)) return [{ path, message: `is not known; the values of an account are ${list(known)}` }]
    if (name === phoneName || typeof value === 'string' || (value === null && mayBeNull.includes(name))) return []
    return [{ path, message: mayBeNull.includes(name) ? 'must be a string or null' : 'must be a string' }]
  })
  const given = {
    username: textOf(values, 'username'),
    visibleName: textOf(values, 'visible_name'),
    biography: textOf(values, 'biography'),
    linkInBio: textOf(values, 'link_in_bio'),
  }
  return [...shape, ...accountProblems(ctx, platform, given, names).map(({ path, message }) => ({ path, message }))]
}

/**
 * Checks what a manager submits for an account: the screenshot, the values that differ, and for a setup the phone.
 * @throws CroftError `validation_error`
 */
export function requireReport(
  ctx: Context,
  platform: Platform,
  submission: Submission,
  { phone = false }: { phone?: boolean } = {},
): void {
  const known = phone ? [...profileFields, phoneName] : profileFields
  const found = submission.values === null ? [] : valueFaults(ctx, platform, submission.values, known)
  if (phone) found.push(...phoneNameProblems(submission.values?.[phoneName]))
  if (submission.screenshotMediaId === null)
    found.push({
      path: 'screenshot_media_id',
      message:
        'is required: the team reviews the account by its screenshot. Upload one with POST /v1/work/{work_id}/screenshot and use the media_id of the response',
    })
  if (found.length > 0) throw invalid(found)
}

/** The values that a manager reported as different from the order. Omitted: as ordered. Null: the account has none. */
export interface Reported {
  username?: string
  visibleName?: string
  biography?: string | null
  link?: string | null
  phoneName?: string
}

/** The reported values of a stored submission. */
export function reportedIn(submission: JsonObject | null): Reported {
  const values = submission?.['values']
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return {}
  const { username, visible_name: visibleName, biography, link_in_bio: link, phone_name: phone } = values as JsonObject
  return {
    ...(typeof username === 'string' ? { username } : {}),
    ...(typeof visibleName === 'string' ? { visibleName } : {}),
    ...(typeof biography === 'string' || biography === null ? { biography } : {}),
    ...(typeof link === 'string' || link === null ? { link } : {}),
    ...(typeof phone === 'string' ? { phoneName: phone.trim() } : {}),
  }
}
