import { sql } from 'kysely'
import type { PruneBatch } from './prune.ts'

const count = (result: { numAffectedRows?: bigint }) => ({ rows: Number(result.numAffectedRows ?? 0n) })

/**
 * Events that were turned into deliveries, unless one of these is still pending. Team by team, since a team's key is
 * ordered by id: this needs no index of its own.
 */
export const pruneEvents: PruneBatch = async (trx, { at, id }, limit) =>
  count(
    await sql`
      with old as (
        select e.team_id, e.id from teams t cross join lateral (
          select team_id, id from events e
          where e.team_id = t.id and e.id < ${id} and e.created_at < ${at}
            and (e.xid, e.seq) <= (select xid, seq from event_fan_out)
            and not exists (
              select from webhook_endpoints w join deliveries d on d.team_id = w.team_id and d.endpoint_id = w.id
              where w.team_id = e.team_id and d.event_id = e.id and d.status = 'pending'
            )
          order by e.id limit ${limit}
        ) e limit ${limit}
      )
      delete from events e using old where e.team_id = old.team_id and e.id = old.id`.execute(trx),
  )

/** Deliveries that have ended, with their tries. */
export const pruneDeliveries: PruneBatch = async (trx, { at, id }, limit) =>
  count(
    await sql`
      with old as (
        select d.team_id, d.id from teams t cross join lateral (
          select team_id, id from deliveries d
          where d.team_id = t.id and d.id < ${id} and d.status <> 'pending' and d.ended_at < ${at}
          order by d.id limit ${limit} for update skip locked
        ) d limit ${limit}
      ), tries as (
        delete from delivery_tries r using old where r.team_id = old.team_id and r.delivery_id = old.id
      )
      delete from deliveries d using old where d.team_id = old.team_id and d.id = old.id`.execute(trx),
  )

export const pruneTimeline: PruneBatch = async (trx, { at, id }, limit) =>
  count(
    await sql`
      with old as (
        select l.team_id, l.profile_id, l.id from profiles p cross join lateral (
          select team_id, profile_id, id from timeline l
          where l.team_id = p.team_id and l.profile_id = p.id and l.id < ${id} and l.created_at < ${at}
          order by l.id limit ${limit}
        ) l limit ${limit}
      )
      delete from timeline l using old
      where l.team_id = old.team_id and l.profile_id = old.profile_id and l.id = old.id`.execute(trx),
  )

export const pruneAudit: PruneBatch = async (trx, { at, id }, limit) =>
  count(
    await sql`
      with old as (
        select a.team_id, a.id from teams t cross join lateral (
          select team_id, id from audit a where a.team_id = t.id and a.id < ${id} and a.created_at < ${at}
          order by a.id limit ${limit}
        ) a limit ${limit}
      )
      delete from audit a using old where a.team_id = old.team_id and a.id = old.id`.execute(trx),
  )
