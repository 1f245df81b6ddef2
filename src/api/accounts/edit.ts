import { Type } from 'typebox'
import { CroftError, type Detail } from '../../kernel/errors.ts'
import type { EditForm, ProfileChanges } from '../../domain/profiles/update.ts'
import type { Problem, ValueNames } from '../../domain/profiles/values.ts'
import type { ProfileRow } from '../../kernel/rows.ts'
import { platforms, type PlatformRules } from '../../platforms/index.ts'
import { object, oneOf, url } from '../http/shapes.ts'

const every: readonly PlatformRules[] = Object.values(platforms)
const bioMost = Math.max(...every.map(({ bio }) => bio.most.value))
const nameMost = Math.max(...every.map(({ name }) => name.most.value))

/** The profile PATCH page's body. What a platform requires in addition is checked together with it. */
export const editBody = object({
  platform: oneOf('tiktok', 'instagram'),
  name: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: nameMost,
      description: 'New display name. TikTok: once in 7 days, after day 5 of warm-up. Instagram: once in 14 days.',
    }),
  ),
  username: Type.Optional(Type.String({ minLength: 1, maxLength: 30, description: 'New username; Instagram only.' })),
  bio: Type.Optional(Type.String({ maxLength: bioMost, description: 'New bio. Empty: cleared.' })),
  profilePictureUrl: Type.Optional(url),
})

export const editExample = {
  platform: 'tiktok',
  bio: 'Bread, every day.',
  profilePictureUrl: 'https://cdn.example.com/bakery.jpg',
}

const names: ValueNames = { name: 'name', username: 'username', bio: 'bio', picture: 'profilePictureUrl' }

const members = (body: unknown): Readonly<Record<string, unknown>> =>
  typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...body } : {}

function familyProblems({ platform }: ProfileRow, body: Readonly<Record<string, unknown>>, faults: readonly Detail[]): Problem[] {
  const found: Problem[] = []
  const named = typeof body['platform'] === 'string'
  if (named && body['platform'] !== platform)
    found.push({ code: 'invalid_parameter', path: 'platform', message: `must be ${platform}, the platform of this account` })
  const { patchable } = platforms[platform].username
  const renames = 'username' in body && !patchable.value
  if (renames)
    found.push({
      code: 'invalid_parameter',
      path: 'username',
      message: 'Username changes are only supported for Instagram accounts',
      whole: true,
    })
  const reported = faults.filter(({ path }) => !(path === 'platform' && named) && !(path === 'username' && renames))
  return [...found, ...reported.map((fault): Problem => ({ code: 'validation_error', ...fault }))]
}

/** The requested edit, from a body whose shape may be invalid: a member with a fault is reported and not checked again. */
export function editOf(body: unknown, faults: readonly Detail[]): { changes: ProfileChanges; form: EditForm } {
  const sent = members(body)
  const text = (member: string) => {
    const value = sent[member]
    return typeof value === 'string' && !faults.some(({ path }) => path === member) ? value : undefined
  }
  return {
    changes: { name: text('name'), username: text('username'), bio: text('bio'), pictureUrl: text('profilePictureUrl') },
    form: {
      names,
      problems: (profile) => familyProblems(profile, sent, faults),
      square: true,
      nothing: 'Give at least one of name, username, bio and profilePictureUrl.',
      closed: ({ status }) =>
        new CroftError('invalid_state', `The account is ${status} permanently, and cannot be edited.`, { status }),
    },
  }
}

/** Members of the response that name what a dry run does not create: a new picture's address. */
export const madeBy = (body: unknown): string[] => ('profilePictureUrl' in members(body) ? ['profilePictureUrl'] : [])
