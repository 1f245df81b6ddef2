import type { Context } from '../../src/kernel/context.ts'
import { createProfile } from '../../src/domain/profiles/create.ts'
import { getProfile } from '../../src/domain/profiles/get.ts'
import type { ProfileRow } from '../../src/kernel/rows.ts'
import type { TestTeam } from './croft.ts'
import { carryOut, newUsername } from './ready-profile.ts'

/** A profile that is set up and stands before its first warm-up run, which is due; nothing of it has begun. */
export async function newProfile(team: TestTeam): Promise<ProfileRow> {
  const { row } = await createProfile(team.unit, { username: newUsername(), emailAuthMethod: 'google', platform: 'tiktok' })
  return row
}

/** The profile as it stands now. */
export const profileNow = (ctx: Context, profile: Pick<ProfileRow, 'team_id' | 'id'>): Promise<ProfileRow> =>
  getProfile(ctx.db, profile.team_id, profile.id)

/** Carries out what is due, and answers the profile as it then stands. */
export async function step(ctx: Context, profile: Pick<ProfileRow, 'team_id' | 'id'>): Promise<ProfileRow> {
  await carryOut(ctx, profile)
  return profileNow(ctx, profile)
}
