import type { Login, Token } from './state.ts'
import { refuse } from './errors.ts'

/** What a call needs the owner's permission for. */
export type Right = 'basic' | 'publish' | 'comments' | 'insights'

const names: Record<Login, Record<Right, string>> = {
  instagram: {
    basic: 'instagram_business_basic',
    publish: 'instagram_business_content_publish',
    comments: 'instagram_business_manage_comments',
    insights: 'instagram_business_manage_insights',
  },
  facebook: {
    basic: 'instagram_basic',
    publish: 'instagram_content_publish',
    comments: 'instagram_manage_comments',
    insights: 'instagram_manage_insights',
  },
}

/** The scopes that the authorisation page knows. */
export const instagramScopes: readonly string[] = [...Object.values(names.instagram), 'instagram_business_manage_messages']

export const facebookScopes: readonly string[] = [...Object.values(names.facebook), 'pages_show_list', 'pages_read_engagement']

/** Refuses (code 10) a token that was not granted the right; every right includes `basic`. */
export function needs(token: Token, right: Right): void {
  const of = names[token.login]
  for (const scope of new Set([of.basic, of[right]])) {
    if (!token.scopes.includes(scope))
      refuse('10', `(#10) Application does not have permission for this action: ${scope} is missing`)
  }
}
