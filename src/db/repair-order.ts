import type pg from 'pg'

/**
 * A dump restored on another server contains transaction ids that are still in the future there, and readers of the
 * events would wait for them. Then everything that exists keeps the order of its numbers, before everything that is yet
 * to happen, and the cursor of the webhooks goes back to the first event that it had not passed.
 */
export async function repairEventOrder(client: pg.PoolClient): Promise<void> {
  const { rows } = await client.query('select from events where xid >= pg_snapshot_xmax(pg_current_snapshot()) limit 1')
  if (rows.length === 0) return
  await client.query('begin')
  await client.query(`update event_fan_out f set xid = '3', seq = coalesce(
    (select min(seq) - 1 from events e where (e.xid, e.seq) > (f.xid, f.seq)), (select max(seq) from events), 0)`)
  await client.query(`update webhook_endpoints set from_xid = '3'`)
  await client.query(`update events set xid = '3'`)
  await client.query('commit')
}
