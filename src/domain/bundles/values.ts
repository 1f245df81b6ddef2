import type { Platform } from '../../db/schema.ts'
import { codePoints } from '../../lib/text.ts'
import { managedAccount } from '../../platforms/index.ts'
import type { Context } from '../../kernel/context.ts'
import { invalid, type CroftError, type Detail, type ErrorCode } from '../../kernel/errors.ts'
import { tokenIn } from '../media/own.ts'

/** The requested values of an account. Null: not requested; undefined: not checked, since its shape is invalid already. */
export interface AccountValues {
  username: string | null
  visibleName: string | null
  biography: string | null
  pictureUrl: string | null
  linkInBio: string | null
}

/** The request's name for each of them. */
export type AccountNames = Readonly<Record<keyof AccountValues, string>>

/** An invalid value with the code that TokPortal's Account Configuration page has for it. */
export interface AccountProblem extends Detail {
  code: ErrorCode
}

const rank: readonly ErrorCode[] = [
  'invalid_username',
  'invalid_visible_name',
  'biography_too_long',
  'invalid_url',
  'link_in_bio_instagram_only',
]

/** The code for a member with an invalid shape, according to TokPortal's Account Configuration page. */
export const shapeCode = (names: AccountNames, path: string): ErrorCode => {
  if (path === names.username) return 'invalid_username'
  if (path === names.visibleName) return 'invalid_visible_name'
  return path === names.pictureUrl || path === names.linkInBio ? 'invalid_url' : 'validation_error'
}

// One line of visible text: no control characters, no line breaks.
const auditValues = /^(?=.*\S)[^\p{Cc}\p{Zl}\p{Zp}]+$/u

function nameProblem(name: string): string | null {
  const most = managedAccount.visibleName.value
  const length = codePoints(name)
  if (length > most) return `has ${length} characters; at most ${most} are allowed`
  return auditValues.test(name) ? null : 'must be one line of text that is not blank'
}

function pictureProblem(ctx: Context, url: string): string | null {
  if (tokenIn(ctx, url) !== null) return null
  const check = ctx.guard.check(url)
  return check.ok ? null : check.message
}

function linkProblem(link: string): string | null {
  const url = URL.canParse(link) ? new URL(link) : null
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    return 'this is not a URL; give one that begins with https://'
  if (url.username !== '' || url.password !== '') return 'the URL contains a user name or password; give one without them'
  return link.length > 2_048 ? 'the URL has more than 2048 characters' : null
}

/** Every rule that the values break, with its code. Omitted values are not checked. */
export function accountProblems(
  ctx: Context,
  platform: Platform,
  values: Partial<AccountValues>,
  names: AccountNames,
): AccountProblem[] {
  const found: AccountProblem[] = []
  const add = (code: ErrorCode, path: string, message: string | null) => {
    if (message !== null) found.push({ code, path, message })
  }
  const { username, visibleName, biography, pictureUrl, linkInBio } = values
  if (username != null && !managedAccount.username.value.test(username))
    add('invalid_username', names.username, `must be ${managedAccount.username.description}`)
  if (visibleName != null) add('invalid_visible_name', names.visibleName, nameProblem(visibleName))
  const length = codePoints(biography ?? '')
  if (length > managedAccount.biography.value)
    add('biography_too_long', names.biography, `has ${length} characters; at most ${managedAccount.biography.value} are allowed`)
  if (pictureUrl != null) add('invalid_url', names.pictureUrl, pictureProblem(ctx, pictureUrl))
  const takesLink = managedAccount.linkInBio.value.some((one) => one === platform)
  if (linkInBio != null && !takesLink)
    add('link_in_bio_instagram_only', names.linkInBio, `is only for Instagram; omit it on ${platform}`)
  else if (linkInBio != null) add('invalid_url', names.linkInBio, linkProblem(linkInBio))
  return found
}

/**
 * One error for all problems: `details` lists them, and its code is the first in the order of TokPortal's Account
 * Configuration page.
 */
export function accountRefusal(problems: readonly AccountProblem[]): CroftError {
  const code = rank.find((one) => problems.some((problem) => problem.code === one)) ?? 'validation_error'
  return invalid(
    problems.map(({ path, message }) => ({ path, message })),
    code,
  )
}
