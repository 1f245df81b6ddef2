import { sql } from 'kysely'
import type { Context } from '../../kernel/context.ts'
import type { ClaimedTask } from './claim.ts'

/** Extends the leases of claimed tasks. @returns those whose claims still stand */
export async function extendTasks({ db, lease }: Context, tasks: readonly ClaimedTask[]): Promise<Set<ClaimedTask>> {
  const claims = JSON.stringify(tasks.map(({ team_id, id, claim }) => ({ team_id, id, claim })))
  const { rows } = await sql<{ claim: string }>`
    update tasks t set lease_until = now() + ${lease.ms} * interval '1 millisecond'
    from jsonb_to_recordset(${claims}::jsonb) as c(team_id uuid, id uuid, claim uuid)
    where t.team_id = c.team_id and t.id = c.id and t.claim = c.claim and t.status = 'running'
    returning t.claim`.execute(db)
  const held = new Set(rows.map(({ claim }) => claim))
  return new Set(tasks.filter(({ claim }) => held.has(claim)))
}
