import type { Platform } from '../../db/schema.ts'
import type { ProfileField } from '../../drivers/contract.ts'
import { codePoints } from '../../lib/text.ts'
import { platforms, type Rule } from '../../platforms/index.ts'
import type { Context } from '../../kernel/context.ts'
import { capped, CroftError, invalid, type Detail, type ErrorCode } from '../../kernel/errors.ts'
import { tokenIn } from '../media/own.ts'

/** Public values of a profile; omitted values are not checked. */
export interface ProfileValues {
  name?: string | undefined
  username?: string | undefined
  bio?: string | undefined
  pictureUrl?: string | undefined
}

/** The request's name for each value, for the paths of an error. */
export type ValueNames = Readonly<Record<ProfileField, string>>

/**
 * `whole`: its message becomes the error's message, as the vendor's page has it, whatever else is wrong; `details` then
 * lists everything.
 */
export interface Problem extends Detail {
  code: ErrorCode
  whole?: boolean
}

const plain = (path: string, message: string): Problem => ({ code: 'validation_error', path, message })

function tooLong(platform: Platform, most: Rule<number>, path: string, text = ''): Problem[] {
  const length = codePoints(text)
  return length > most.value ? [plain(path, `has ${length} characters; ${platform} allows at most ${most.value}`)] : []
}

const malformed = (form: Rule<RegExp>, path: string, text: string | undefined): Problem[] =>
  text === undefined || form.value.test(text) ? [] : [plain(path, `must be ${form.description}`)]

function pictureUrlProblem(ctx: Context, path: string, url: string | undefined): Problem[] {
  if (url === undefined || tokenIn(ctx, url) !== null) return []
  const check = ctx.guard.check(url)
  if (check.ok) return []
  const { code, message } = check
  return [{ code: code === 'invalid_url' || code === 'address_not_allowed' ? code : 'validation_error', path, message }]
}

/** Every rule of the platform that the values break, and the guard's check of the picture's URL. */
export function valueProblems(ctx: Context, platform: Platform, values: ProfileValues, names: ValueNames): Problem[] {
  const { name, username, bio } = platforms[platform]
  const nameTooLong = tooLong(platform, name.most, names.name, values.name)
  return [
    ...nameTooLong,
    ...(nameTooLong.length > 0 ? [] : malformed(name.form, names.name, values.name)),
    ...malformed(username.form, names.username, values.username),
    ...tooLong(platform, bio.most, names.bio, values.bio),
    ...pictureUrlProblem(ctx, names.picture, values.pictureUrl),
  ]
}

/** One error for all problems: their own code if they share one, else `validation_error`. */
export function refusalOf(problems: readonly Problem[]): CroftError {
  const [first] = problems
  const whole = problems.find((problem) => problem.whole)
  if (whole) {
    const others = problems.filter(({ path }) => path !== whole.path)
    const details = capped([whole, ...others].map(({ path, message }) => ({ path, message })))
    return new CroftError(whole.code, whole.message, others.length > 0 ? { details } : {})
  }
  const shared = first && problems.every(({ code }) => code === first.code) ? first.code : 'validation_error'
  return invalid(
    problems.map(({ path, message }) => ({ path, message })),
    shared,
  )
}

/** Replaces the database's own error. */
export function usernameTaken(platform: Platform, username: string): CroftError {
  return new CroftError(
    'username_taken',
    `An active ${platform} profile already has the username ${username}. Deactivate that one first, or use another.`,
  )
}
