import { sql } from 'kysely'
import { shareOut } from '../../lib/shares.ts'
import type { Context } from '../../kernel/context.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'

/** A receiver with something due, held by one worker. `holder` is new with each claim. */
export interface Lane {
  team_id: string
  id: string
  failures: number
  holder: string
}

/** The lane of a post's own address: one a host, since it is the host that is slow or dead. */
export const laneOfUrl = (url: string): string => new URL(url).host

/** Says that a lane has something to send at `at`; one that rests goes on resting. */
export async function markLaneDue(tx: Tx, lane: string, at: Date): Promise<void> {
  await sql`
    insert into webhook_lanes as l (team_id, id, due_at) values (${tx.caller.teamId}, ${lane}, ${at})
    on conflict (team_id, id) do update set due_at = greatest(least(l.due_at, excluded.due_at), l.rest_until)`.execute(tx.trx)
  tx.wake('webhooks')
}

/** Wakes a lane that rests, since what was wrong with its receiver is said to be right again. */
export async function wakeLane(tx: Tx, lane: string): Promise<void> {
  await sql`
    update webhook_lanes set failures = 0, rest_until = null, due_at = case when due_at is null then null else ${tx.now}::timestamptz end
    where team_id = ${tx.caller.teamId} and id = ${lane}`.execute(tx.trx)
  tx.wake('webhooks')
}

/** Lanes that are due and free, by team; the team that waits longest first. */
async function waitingTeams(ctx: Context): Promise<{ team_id: string; lanes: number }[]> {
  const { rows } = await sql<{ team_id: string; lanes: number }>`
    select team_id, count(*)::int as lanes from webhook_lanes
    where due_at <= ${ctx.clock.now()} and (held_until is null or held_until < now())
    group by team_id order by min(due_at) limit 1000`.execute(ctx.db)
  return rows
}

/**
 * Takes due lanes for the `free` places, shared between the teams, and a team's longest due first; a dead worker's are
 * free once its hold has run out.
 * @param held how many lanes of each team this worker holds
 */
export async function claimLanes(ctx: Context, free: number, held: ReadonlyMap<string, number>): Promise<Lane[]> {
  const waiting = await waitingTeams(ctx)
  const given = shareOut(
    free,
    waiting.map(({ team_id, lanes }) => ({ held: held.get(team_id) ?? 0, wanted: lanes })),
  )
  const shares = waiting.map(({ team_id }, index) => ({ team_id, most: given[index] ?? 0 })).filter(({ most }) => most > 0)
  if (shares.length === 0) return []
  const { rows } = await sql<Lane>`
    with next as (
      select l.team_id, l.id from jsonb_to_recordset(${JSON.stringify(shares)}::jsonb) as s(team_id uuid, most int)
      cross join lateral (
        select team_id, id from webhook_lanes
        where team_id = s.team_id and due_at <= ${ctx.clock.now()} and (held_until is null or held_until < now())
        order by due_at limit s.most for update skip locked
      ) l
    )
    update webhook_lanes l set holder = gen_random_uuid(), held_until = now() + ${ctx.lease.ms} * interval '1 millisecond'
    from next where l.team_id = next.team_id and l.id = next.id
    returning l.team_id, l.id, l.failures, l.holder`.execute(ctx.db)
  return rows
}

/** Holds lanes for longer. @returns those that no other worker has by now */
export async function extendLanes(ctx: Context, lanes: readonly Lane[]): Promise<ReadonlySet<Lane>> {
  const held = await sql<{ holder: string }>`
    update webhook_lanes l set held_until = now() + ${ctx.lease.ms} * interval '1 millisecond'
    from jsonb_to_recordset(${JSON.stringify(lanes)}::jsonb) as h(team_id uuid, id text, holder uuid)
    where l.team_id = h.team_id and l.id = h.id and l.holder = h.holder
    returning l.holder`.execute(ctx.db)
  const holders = new Set(held.rows.map(({ holder }) => holder))
  return new Set(lanes.filter(({ holder }) => holders.has(holder)))
}

/** Gives a lane back, due again when its next delivery is. `restUntil`: it is left alone until then. */
export async function releaseLane(ctx: Context, lane: Lane, end: { failures: number; restUntil: Date | null }): Promise<void> {
  await ctx.db.transaction().execute(async (trx) => {
    // Held before the deliveries are read: one that is being added waits for this row, and is seen, or marks it due after.
    const held = await sql`
      select from webhook_lanes where team_id = ${lane.team_id} and id = ${lane.id} and holder = ${lane.holder} for update`.execute(
      trx,
    )
    if (held.rows.length === 0) return
    await sql`
      update webhook_lanes set holder = null, held_until = null, failures = ${end.failures}, rest_until = ${end.restUntil},
        due_at = (
          select case when min(next_try_at) is null then null else greatest(min(next_try_at), ${end.restUntil}::timestamptz) end
          from deliveries where team_id = ${lane.team_id} and lane = ${lane.id} and status = 'pending'
        )
      where team_id = ${lane.team_id} and id = ${lane.id}`.execute(trx)
  })
}

/** Wakes lanes that have deliveries and no time, as a fault could leave them. @returns how many */
export async function mendLanes(ctx: Context): Promise<number> {
  const mended = await sql`
    update webhook_lanes l set due_at = ${ctx.clock.now()}
    where due_at is null and (held_until is null or held_until < now())
      and exists (select from deliveries d where d.team_id = l.team_id and d.lane = l.id and d.status = 'pending')`.execute(
    ctx.db,
  )
  return Number(mended.numAffectedRows ?? 0n)
}
