import { invalid, refuse } from '../errors.ts'
import { limits } from '../limits.ts'
import { listOf, parseJson } from '../parameters.ts'
import type { MediaKind } from '../state.ts'

/** Refuses `collaborators` that is not a list of at most three user names. */
export function checkCollaborators(text: string): void {
  const names = listOf(text)
  if (!names.every((name) => typeof name === 'string' && name !== '')) invalid('Param collaborators must be a list of user names')
  if (names.length > limits.collaborators) refuse('100/2207040')
}

/** Refuses `user_tags` that is not a JSON list of user names, with a place (0 to 1) in an image of the feed. */
export function checkUserTags(text: string, { media, story }: { media: MediaKind; story: boolean }): void {
  const tags = parseJson(text)
  if (!Array.isArray(tags)) return invalid('Param user_tags must be an array.')
  if (tags.length > limits.userTags) refuse('100/2207040')
  for (const tag of tags as unknown[]) {
    if (!isTag(tag)) return invalid('Param user_tags must be a list of {username, x, y}')
    const placed = isShare(tag.x) && isShare(tag.y)
    const placeless = tag.x === undefined && tag.y === undefined
    // A reel takes no place; a story may have one; an image of the feed needs one.
    const fits = story ? placed || placeless : media === 'image' ? placed : placeless
    if (!fits) return invalid(`Param user_tags: x and y of ${tag.username} do not fit this media`)
  }
}

interface Tag {
  username: string
  x?: unknown
  y?: unknown
}

const isTag = (tag: unknown): tag is Tag =>
  typeof tag === 'object' && tag !== null && 'username' in tag && typeof tag.username === 'string' && tag.username !== ''

const isShare = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= 1

/** Refuses `trial_params` that is not `{ graduation_strategy: MANUAL | SS_PERFORMANCE }`. */
export function checkTrial(text: string): void {
  const value = parseJson(text)
  const strategy =
    typeof value === 'object' && value !== null && 'graduation_strategy' in value ? value.graduation_strategy : undefined
  if (strategy !== 'MANUAL' && strategy !== 'SS_PERFORMANCE') {
    invalid('Param trial_params must have the graduation_strategy MANUAL or SS_PERFORMANCE')
  }
}
