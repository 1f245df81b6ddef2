import type { Context } from '../../src/kernel/context.ts'
import { createProfile } from '../../src/domain/profiles/create.ts'
import { findProfile } from '../../src/domain/profiles/find.ts'
import type { ProfileRow } from '../../src/kernel/rows.ts'
import { carryOutDue } from '../../src/domain/tasks/wake.ts'
import { updateTeam } from '../../src/domain/teams/update.ts'
import type { TestTeam } from './croft.ts'

let made = 0

/** A username that no other profile of this test process has. */
export const newUsername = (): string => `bakery.no${(made += 1)}`

/** Carries out what is due of one profile now, as a worker would. */
export const carryOut = (ctx: Context, profile: Pick<ProfileRow, 'team_id' | 'id'>, worker = 'test worker'): Promise<void> =>
  carryOutDue(ctx, profile.team_id, profile.id, worker, new AbortController().signal)

/** A `ready` profile, set up by the engine under a policy of no runs, which the team keeps. Works with and without workers. */
export async function readyProfile(
  ctx: Context,
  team: TestTeam,
  options: { platform?: 'tiktok' | 'instagram'; driver?: string } = {},
): Promise<ProfileRow> {
  await updateTeam(team.scope, { runs: 0, maintenanceMs: 0 })
  const { row } = await createProfile(team.scope, {
    username: newUsername(),
    emailAuthMethod: 'google',
    platform: options.platform ?? 'tiktok',
    ...(options.driver === undefined ? {} : { driver: options.driver }),
  })
  await carryOut(ctx, row)
  for (;;) {
    const profile = await findProfile(ctx.db, team.id, row.id)
    if (profile.status === 'ready') return profile
    if (profile.status !== 'configuring') throw new Error(`the profile became ${profile.status}`)
    await carryOut(ctx, row)
  }
}
