import { sql } from 'kysely'
import { commandLine } from '../../kernel/caller.ts'
import type { Context } from '../../kernel/context.ts'
import { fileClaims } from '../retention/file-claims.ts'
import { awaitKeyChange } from '../../kernel/key-cache.ts'
import { recordAudit } from '../../kernel/record.ts'
import { openUnit } from '../../kernel/unit-of-work.ts'
import { eraseProfile, type Erasure } from './profile.ts'

const batch = 1_000

/** Children before what they refer to. Media is deleted separately, because of its files. */
const tables = [
  'api_keys',
  'delivery_tries',
  'deliveries',
  'events',
  'timeline',
  'work_items',
  'idempotency_keys',
  'rate_windows',
  'review_failures',
  'webhook_endpoint_secrets',
  'webhook_endpoints',
  'webhook_secrets',
  'webhook_lanes',
  'sandbox_faults',
  'orders',
  'edit_requests',
  'video_slots',
  'bundle_accounts',
  'bundles',
  'task_steps',
  'posts',
  'tasks',
  'profiles',
  'profile_counts',
  'phones',
  'manager_teams',
] as const

async function remove(ctx: Context, table: string, teamId: string): Promise<number> {
  let total = 0
  for (let last = batch; last === batch; total += last) {
    const gone = await sql`
      delete from ${sql.table(table)} where ctid = any(array(
        select ctid from ${sql.table(table)} where team_id = ${teamId} limit ${batch}
      ))`.execute(ctx.db)
    last = Number(gone.numAffectedRows ?? 0n)
  }
  return total
}

const removeMedia = (ctx: Context, teamId: string): Promise<number> =>
  ctx.db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ hashes: string[] }>`
      delete from media where (team_id, id) in (select team_id, id from media where team_id = ${teamId} limit ${batch})
      returning array(select f ->> 'hash' from jsonb_array_elements(files) f) as hashes`.execute(trx)
    await fileClaims(
      trx,
      rows.flatMap((row) => row.hashes),
    )
    return rows.length
  })

async function blankAudit(ctx: Context, teamId: string): Promise<void> {
  for (let last = batch; last === batch;) {
    const blanked = await sql`
      update audit set before = null, after = null where ctid = any(array(
        select ctid from audit where team_id = ${teamId} and (before is not null or after is not null) limit ${batch}
      ))`.execute(ctx.db)
    last = Number(blanked.numAffectedRows ?? 0n)
  }
}

/** Managers who work for no team any more lose their names and keys; their ids in the ledger and the audit stay. */
async function eraseManagers(ctx: Context): Promise<number> {
  const gone = await sql`
    with gone as (
      update managers m set name = 'erased ' || id, deactivated_at = coalesce(deactivated_at, ${ctx.clock.now()})
      where not exists (select from manager_teams t where t.manager_id = m.id) and name <> 'erased ' || id returning id
    )
    delete from manager_keys using gone where manager_id = gone.id`.execute(ctx.db)
  return Number(gone.numAffectedRows ?? 0n)
}

/**
 * Erases a team: every profile, then everything else that belongs to it. The ledger stays, audit rows without values,
 * and the team's id without its name. Its keys go first. After an interruption, another call continues.
 * @throws CroftError `invalid_state` while a post of the team is being published
 */
export async function eraseTeam(ctx: Context, teamId: string): Promise<Erasure> {
  const unit = openUnit(ctx, commandLine(teamId))
  const erased: Record<string, number> = { api_keys: await remove(ctx, 'api_keys', teamId) }
  await awaitKeyChange(ctx.db)
  const add = (more: Record<string, number>) => {
    for (const [name, n] of Object.entries(more)) erased[name] = (erased[name] ?? 0) + n
  }
  const profiles = await ctx.db.selectFrom('profiles').select('id').where('team_id', '=', teamId).orderBy('id').execute()
  for (const { id } of profiles) add((await eraseProfile(unit, id)).erased)
  for (const table of tables) add({ [table]: await remove(ctx, table, teamId) })
  for (let last = batch; last === batch;) {
    last = await removeMedia(ctx, teamId)
    add({ media: last })
  }
  add({ manager_keys: await eraseManagers(ctx) })
  await awaitKeyChange(ctx.db)
  await blankAudit(ctx, teamId)
  return unit.commit(async (tx) => {
    await sql`
      update teams set name = 'erased ' || id, updated_at = ${tx.now} where id = ${teamId}`.execute(tx.trx)
    const { rows } = await sql<{ audit: number; credit_entries: number }>`
      select (select count(*)::int from audit where team_id = ${teamId}) as audit,
        (select count(*)::int from credit_entries where team_id = ${teamId}) as credit_entries`.execute(tx.trx)
    const kept = { ...(rows[0] ?? {}) }
    await recordAudit(tx, 'team.erase', `team:${teamId}`, null, { erased, kept })
    return { id: teamId, at: tx.now, erased, kept }
  })
}
