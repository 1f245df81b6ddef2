import { sql } from 'kysely'
import type { PruneBatch } from './prune.ts'

const count = (result: { numAffectedRows?: bigint }) => ({ rows: Number(result.numAffectedRows ?? 0n) })

/** Responses that are stored for an Idempotency-Key. */
export const pruneKeys: PruneBatch = async (trx, _, limit) =>
  count(
    await sql`
      delete from idempotency_keys where (team_id, key) in (
        select team_id, key from idempotency_keys where created_at < now() - interval '24 hours' order by created_at limit ${limit} for update skip locked
      )`.execute(trx),
  )

/** Steps of tasks that have ended. A saved draft keeps them: it may still go live. */
export const pruneSteps: PruneBatch = async (trx, { at }, limit) =>
  count(
    await sql`
      delete from task_steps where (team_id, task_id, run, name) in (
        select s.team_id, s.task_id, s.run, s.name
        from task_steps s join tasks t on t.team_id = s.team_id and t.id = s.task_id
        where t.status in ('done', 'failed', 'canceled') and t.ended_at < ${at}
          and not exists (select from posts p where p.team_id = t.team_id and p.id = t.id and p.status = 'draft_saved')
        limit ${limit}
      )`.execute(trx),
  )

/** Workers without a sign of life; one that resumes writes its row again. */
export const pruneWorkers: PruneBatch = async (trx) =>
  count(await sql`delete from workers where polled_at < now() - interval '1 day'`.execute(trx))

/** Lanes with nothing to send. Adding a delivery creates the lane again, in the same transaction. */
export const pruneLanes: PruneBatch = async (trx, _, limit) =>
  count(
    await sql`
      delete from webhook_lanes where (team_id, id) in (
        select team_id, id from webhook_lanes l
        where due_at is null and (held_until is null or held_until < now()) and (rest_until is null or rest_until < now())
          and not exists (select from deliveries d where d.team_id = l.team_id and d.lane = l.id and d.status = 'pending')
        limit ${limit} for update skip locked
      )`.execute(trx),
  )

/** Windows of limited routes without a request for a day. One without any is new: its first request is about to be counted. */
export const pruneRateWindows: PruneBatch = async (trx, _, limit) =>
  count(
    await sql`
      delete from rate_windows where (team_id, route) in (
        select team_id, route from rate_windows
        where seconds <> '{}' and not exists (select from unnest(seconds) hit where hit > extract(epoch from now() - interval '1 day') * 1000)
        limit ${limit} for update skip locked
      )`.execute(trx),
  )

/** Failures of reviews that are over, or long past their pause. */
export const pruneReviewFailures: PruneBatch = async (trx, { at }, limit) =>
  count(
    await sql`
      delete from review_failures where (team_id, subject_id, position) in (
        select team_id, subject_id, position from review_failures where next_at < ${at} limit ${limit} for update skip locked
      )`.execute(trx),
  )
