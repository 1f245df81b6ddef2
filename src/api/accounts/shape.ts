import { Type, type Static } from 'typebox'
import { accountStatuses, warmupStanding } from '../../domain/profiles/standing.ts'
import type { Context } from '../../kernel/context.ts'
import { nameRestriction } from '../../domain/profiles/name-change.ts'
import type { UpdatedProfile } from '../../domain/profiles/update.ts'
import type { ProfileDetails } from '../../domain/profiles/details.ts'
import { id, iso, nullable, object, oneOf, time } from '../http/shapes.ts'

const platform = oneOf('tiktok', 'instagram')
export const accountStatus = oneOf(...accountStatuses)

/** An account, with the page's members and more. */
export const accountShape = object({
  accountId: id,
  phoneId: nullable(id),
  platform,
  name: Type.String(),
  username: Type.String(),
  bio: nullable(Type.String()),
  accountStatus,
  warmupDay: Type.Integer({ minimum: 0, maximum: 7 }),
  warmupStartDate: nullable(time),
  warmupCompletionDate: nullable(time),
  profilePictureUrl: nullable(Type.String()),
  linkInBio: nullable(Type.String()),
  createdAt: time,
  nextNameChangeAllowed: nullable(time),
})

/** The profile PATCH page's response, exactly. */
export const updatedShape = object({
  success: Type.Boolean(),
  accountId: id,
  platform,
  name: Type.String(),
  username: Type.String(),
  bio: nullable(Type.String()),
  profilePictureUrl: nullable(Type.String()),
  updatedAt: time,
  nextNameChangeAllowed: Type.Optional(time),
})

/** An account; `nextNameChangeAllowed` is null if the name may change now, and before any warm-up run. */
export function presentAccount(ctx: Context, { row, pictureUrl }: ProfileDetails): Static<typeof accountShape> {
  const now = ctx.clock.now()
  const { status, day, startedAt, completedAt } = warmupStanding(row, now)
  return {
    accountId: row.id,
    phoneId: row.phone_id,
    platform: row.platform,
    name: row.display_name,
    username: row.username,
    bio: row.bio,
    accountStatus: status,
    warmupDay: day,
    warmupStartDate: iso(startedAt),
    warmupCompletionDate: iso(completedAt),
    profilePictureUrl: pictureUrl,
    linkInBio: row.link_in_bio,
    createdAt: row.created_at.toISOString(),
    nextNameChangeAllowed: iso(nameRestriction(row, now)?.nextAllowedAt ?? null),
  }
}

/** The response to an edit; `nextNameChangeAllowed` only if the name changed. */
export function presentUpdated({ row, pictureUrl, nameChanged }: UpdatedProfile): Static<typeof updatedShape> {
  const next = nameChanged ? nameRestriction(row, row.updated_at)?.nextAllowedAt : null
  return {
    success: true,
    accountId: row.id,
    platform: row.platform,
    name: row.display_name,
    username: row.username,
    bio: row.bio,
    profilePictureUrl: pictureUrl,
    updatedAt: row.updated_at.toISOString(),
    ...(next ? { nextNameChangeAllowed: next.toISOString() } : {}),
  }
}

export const updatedExample: Static<typeof updatedShape> = {
  success: true,
  accountId: '0193a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
  platform: 'tiktok',
  name: 'Croft Bakery',
  username: 'croft.bakery',
  bio: 'Bread, every day.',
  profilePictureUrl: 'https://croft.example.com/media/mJq0y3Vb7cXo2sLw9eRk4tZn8uHd1fGa6iPb5xQv0Ys',
  updatedAt: '2026-11-21T09:30:00.000Z',
}
