import { sql } from 'kysely'
import type { Db, Trx } from '../db/connect.ts'
import type { WorkItem } from './contract.ts'

/** An item with the names that a person needs: the team, and which phone to take. */
export interface WorkDetails {
  row: WorkItem
  teamName: string
  phone: { id: string; name: string } | null
}

interface Names {
  id: string
  team_name: string
  phone_id: string | null
  phone_name: string | null
}

/** Reads the names for some items, of any teams, in one query. */
export async function loadWorkDetails(db: Db | Trx, rows: readonly WorkItem[]): Promise<WorkDetails[]> {
  if (rows.length === 0) return []
  const { rows: names } = await sql<Names>`
    select w.id, t.name as team_name, f.id as phone_id, f.name as phone_name
    from work_items w
    join teams t on t.id = w.team_id
    left join profiles p on p.team_id = w.team_id and p.id = w.profile_id
    left join phones f on f.team_id = p.team_id and f.id = p.phone_id
    where w.team_id in (${sql.join([...new Set(rows.map((row) => row.team_id))])})
      and w.id in (${sql.join(rows.map((row) => row.id))})`.execute(db)
  const byId = new Map(names.map((name) => [name.id, name]))
  return rows.map((row) => {
    const name = byId.get(row.id)
    if (!name) throw new Error('names for each item')
    return {
      row,
      teamName: name.team_name,
      phone: name.phone_id !== null && name.phone_name !== null ? { id: name.phone_id, name: name.phone_name } : null,
    }
  })
}

/** The details of one item. */
export async function loadItemDetails(db: Db | Trx, row: WorkItem): Promise<WorkDetails> {
  const [details] = await loadWorkDetails(db, [row])
  if (!details) throw new Error('details for each item')
  return details
}
