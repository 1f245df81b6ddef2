import type { MediaType, Reason } from '../../db/schema.ts'
import { codePoints } from '../../lib/text.ts'
import type { Context } from '../../kernel/context.ts'
import { invalid, type Detail, type ErrorCode } from '../../kernel/errors.ts'

/**
 * What a post is made of. Source: Algorhythm's “Post to a farm profile”; the last three members are beyond it. `executeAt` is epoch milliseconds;
 * a null sound is the original one, a null webhook none.
 */
export interface PostInput {
  mediaType: MediaType
  mediaUrl: string
  soundId: string | null
  title: string
  webhookUrl: string | null
  description: string
  executeAt: number | null
  isLive: boolean
  privacyLevel: string | null
  isAiGenerated: boolean
  isCommercial: boolean
}

interface Problem extends Detail {
  code: ErrorCode
}

const titleLimit = { video: 2_200, slideshow: 90 } as const
const yearMs = 366 * 86_400_000

function timeProblem(executeAt: number, now: number): string | null {
  const seconds = executeAt * 1_000
  if (executeAt <= now && seconds > now - yearMs && seconds < now + 2 * yearMs) {
    return `looks like seconds; Croft takes milliseconds: ${seconds}`
  }
  if (executeAt <= now) return 'is past; it must be a time to come, in milliseconds since 1970 (leave it out to publish at once)'
  if (executeAt > now + 2 * yearMs) return 'is more than two years ahead; it must be in milliseconds since 1970'
  return null
}

function urlProblem(ctx: Context, path: string, url: string | null | undefined): Problem[] {
  const own = path === 'media_url' && url?.startsWith(`${ctx.publicUrl()}/media/`)
  if (url == null || own) return []
  const check = ctx.guard.check(url)
  if (check.ok) return []
  const code = check.code === 'address_not_allowed' || check.code === 'invalid_url' ? check.code : 'validation_error'
  return [{ path, message: check.message, code }]
}

function titleProblem({ title, mediaType }: Partial<PostInput>): Problem[] {
  if (title === undefined || mediaType === undefined) return []
  const [limit, length] = [titleLimit[mediaType], codePoints(title)]
  const message = `has ${length} characters; a ${mediaType} takes at most ${limit}`
  return length > limit ? [{ path: 'title', message, code: 'validation_error' }] : []
}

/**
 * Checks the values that a schema cannot: the clock, the guard, the limits that depend on other members.
 * @param input what is left out is not checked
 * @param faults what the schema found, told together with the rest
 * @throws CroftError
 */
export function checkPost(ctx: Context, input: Partial<PostInput>, faults: readonly Detail[] = []): void {
  const time = input.executeAt == null ? null : timeProblem(input.executeAt, ctx.clock.now().getTime())
  const problems: Problem[] = [
    ...faults.map((fault) => ({ ...fault, code: 'validation_error' as const })),
    ...urlProblem(ctx, 'media_url', input.mediaUrl),
    ...urlProblem(ctx, 'webhook_url', input.webhookUrl),
    ...titleProblem(input),
    ...(time === null ? [] : [{ path: 'execute_at', message: time, code: 'validation_error' as const }]),
  ]
  const [first] = problems
  if (!first) return
  throw invalid(
    problems.map(({ path, message }) => ({ path, message })),
    problems.every(({ code }) => code === first.code) ? first.code : 'validation_error',
  )
}

const strippedAs = [
  { sign: '#', code: 'hashtags_stripped', what: 'Hashtags' },
  { sign: '@', code: 'mentions_stripped', what: 'Mentions' },
] as const

/** The caption as it will be entered, without the characters that the driver cannot enter, and a warning for each kind of them. Source: Algorhythm's “Post to a farm profile”. */
export function enteredDescription(description: string, hashtags: boolean): { text: string; warnings: Reason[] } {
  if (hashtags) return { text: description, warnings: [] }
  const warnings = strippedAs
    .filter(({ sign }) => description.includes(sign))
    .map(({ sign, code, what }) => ({
      code,
      message: `${what} cannot be entered by the profile's driver: every ${sign} was taken out of the description.`,
    }))
  return { text: description.replace(/[@#]/g, ''), warnings }
}

/** The codes of warnings of the caption, not of the media. */
export const captionWarnings: readonly string[] = strippedAs.map(({ code }) => code)

/** Whether a warning is of the caption, not of the media. */
export const isOfCaption = (warning: Reason): boolean => captionWarnings.includes(warning.code)
