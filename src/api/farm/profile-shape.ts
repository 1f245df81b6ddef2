import { Type, type Static } from 'typebox'
import type { ProfileDetails } from '../../domain/profiles/details.ts'
import { id, iso, nullable, object, oneOf, time } from '../http/shapes.ts'

export const profileStatus = oneOf('configuring', 'retrying', 'cold', 'warming', 'warm', 'ready', 'failed', 'deactivated')

/** The profile of Algorhythm's “Update a farm profile”, exactly, plus `driver`, `labels` and `warmup`. */
export const profileShape = object({
  profile_id: id,
  profile_name: Type.String(),
  tiktok_username: Type.String(),
  created_at: nullable(time),
  phone_id: nullable(id),
  status: profileStatus,
  platforms: nullable(Type.Array(Type.String())),
  bio: nullable(Type.String()),
  profile_picture_url: nullable(Type.String()),
  accounts: Type.Array(object({ platform: Type.String(), username: nullable(Type.String()) })),
  driver: Type.String(),
  labels: Type.Array(Type.String()),
  warmup: object({
    runs_completed: Type.Integer(),
    runs_required: Type.Integer(),
    first_run_at: nullable(time),
    ready_at_earliest: nullable(time),
  }),
})

/** A profile on the farm family's routes. Before it is set up, bio and picture are null. */
export function presentProfile({ row, policy, pictureUrl, readyAtEarliest }: ProfileDetails): Static<typeof profileShape> {
  const hidden = row.provisioned_at === null
  const email = row.email_auth_method
  return {
    profile_id: row.id,
    profile_name: row.profile_name,
    tiktok_username: row.username,
    created_at: iso(row.created_at),
    phone_id: row.phone_id,
    status: row.status,
    platforms: email === null ? [row.platform] : [row.platform, email],
    bio: hidden ? null : row.bio,
    profile_picture_url: hidden ? null : pictureUrl,
    accounts: row.provisioned_at
      ? [{ platform: row.platform, username: row.username }, ...(email === null ? [] : [{ platform: email, username: null }])]
      : [],
    driver: row.driver,
    labels: row.labels,
    warmup: {
      runs_completed: row.runs_completed,
      runs_required: policy.runs,
      first_run_at: iso(row.first_run_at),
      ready_at_earliest: iso(readyAtEarliest),
    },
  }
}

export const profileExample: Static<typeof profileShape> = {
  profile_id: '0193a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
  profile_name: 'Croft Bakery',
  tiktok_username: 'croft.bakery',
  created_at: '2026-11-21T09:30:00.000Z',
  phone_id: '0193a1b2-8d4e-7f50-9b6c-7d8e9f0a1b2c',
  status: 'warm',
  platforms: ['tiktok', 'google'],
  bio: 'Bread, every day.',
  profile_picture_url: null,
  accounts: [
    { platform: 'tiktok', username: 'croft.bakery' },
    { platform: 'google', username: null },
  ],
  driver: 'sandbox',
  labels: ['bakeries'],
  warmup: {
    runs_completed: 3,
    runs_required: 7,
    first_run_at: '2026-11-21T09:30:05.000Z',
    ready_at_earliest: '2026-11-28T09:45:05.000Z',
  },
}
