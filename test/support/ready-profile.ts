import { sql } from 'kysely'
import type { Context } from '../../src/kernel/context.ts'
import type { Candidates } from '../../src/engine/tasks/claim.ts'
import { createProfile } from '../../src/domain/profiles/create.ts'
import { getProfile } from '../../src/domain/profiles/get.ts'
import type { ProfileRow } from '../../src/kernel/rows.ts'
import { TaskQueue } from '../../src/domain/tasks/queue.ts'
import { updateTeam } from '../../src/domain/teams/update.ts'
import type { TestTeam } from './croft.ts'

let made = 0

/** A username that no other profile of this test process has. */
export const newUsername = (): string => `bakery.no${(made += 1)}`

/** A profile's tasks that are due, or left behind, or whose sleep is over. */
const lockTasks = (ctx: Context, { team_id, id }: Pick<ProfileRow, 'team_id' | 'id'>): Candidates => {
  const now = ctx.clock.now()
  return sql`
    select * from tasks where not parked and team_id = ${team_id} and profile_id = ${id} and (
      (status = 'queued' and run_at <= ${now}) or (status = 'running' and lease_until < now()) or (status = 'waiting' and resume_at <= ${now}))
    order by run_at, id for update skip locked`
}

/** Carries out what is due of one profile now, as a worker would. */
export async function carryOut(ctx: Context, profile: Pick<ProfileRow, 'team_id' | 'id'>, worker = 'test worker'): Promise<void> {
  const queue = new TaskQueue(ctx, worker, 1)
  try {
    for (;;) {
      const { work, more } = await queue.claimFrom(lockTasks(ctx, profile))
      if (work.length === 0 && !more) return
      for (const one of work) await queue.run(one, new AbortController().signal)
    }
  } finally {
    queue.close()
  }
}

/** A `ready` profile, set up by the engine under a policy of no runs, which the team keeps. Works with and without workers. */
export async function readyProfile(
  ctx: Context,
  team: TestTeam,
  options: { platform?: 'tiktok' | 'instagram'; driver?: string } = {},
): Promise<ProfileRow> {
  await updateTeam(team.unit, { runs: 0, maintenanceMs: 0 })
  const { row } = await createProfile(team.unit, {
    username: newUsername(),
    emailAuthMethod: 'google',
    platform: options.platform ?? 'tiktok',
    ...(options.driver === undefined ? {} : { driver: options.driver }),
  })
  await carryOut(ctx, row)
  for (;;) {
    const profile = await getProfile(ctx.db, team.id, row.id)
    if (profile.status === 'ready') return profile
    if (profile.status !== 'configuring') throw new Error(`the profile became ${profile.status}`)
    await carryOut(ctx, row)
  }
}
