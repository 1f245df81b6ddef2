import type { MediaType } from '../../db/schema.ts'
import { codePoints } from '../../lib/text.ts'
import type { Context } from '../context.ts'
import { invalid, type Detail, type ErrorCode } from '../errors.ts'

/** What a post is made of. Source: seed page 2; the last three members are beyond it. `executeAt` is epoch milliseconds. */
export interface PostInput {
  mediaType: MediaType
  mediaUrl: string
  soundId: string
  title: string
  webhookUrl: string
  description: string
  executeAt: number | null
  isLive: boolean
  privacyLevel: string | null
  isAiGenerated: boolean
  isCommercial: boolean
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

/** Checks the values that a schema cannot: the clock, the guard, the limits that depend on other members. @throws CroftError */
export function checkPost(ctx: Context, input: PostInput, given: { executeAt: boolean }): void {
  const found: Detail[] = []
  const codes = new Set<ErrorCode>()
  for (const [path, url] of [['media_url', input.mediaUrl] as const, ['webhook_url', input.webhookUrl] as const]) {
    if (path === 'media_url' && url.startsWith(`${ctx.publicUrl()}/media/`)) continue
    const check = ctx.guard.check(url)
    if (check.ok) continue
    found.push({ path, message: check.message })
    codes.add(check.code === 'address_not_allowed' || check.code === 'invalid_url' ? check.code : 'validation_error')
  }
  const limit = titleLimit[input.mediaType]
  const length = codePoints(input.title)
  if (length > limit)
    found.push({ path: 'title', message: `has ${length} characters; a ${input.mediaType} takes at most ${limit}` })
  const time = given.executeAt && input.executeAt !== null ? timeProblem(input.executeAt, ctx.clock.now().getTime()) : null
  if (time) found.push({ path: 'execute_at', message: time })
  const [code] = codes
  if (found.length > 0) throw invalid(found, codes.size === 1 && found.length === 1 ? code : 'validation_error')
}

/** The caption as it will be entered: without the characters that the driver cannot enter. Source: seed page 2. */
export const enteredDescription = (description: string, hashtags: boolean): string =>
  hashtags ? description : description.replace(/[@#]/g, '')
