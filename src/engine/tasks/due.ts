import { sql } from 'kysely'
import type { Db } from '../../db/connect.ts'
import { run, statement } from '../../db/statement.ts'
import type { Context } from '../../kernel/context.ts'
import { shareOut } from '../../lib/shares.ts'
import type { Candidates } from './claim.ts'

/** How many due tasks of a team there are, counted up to the places that are free. */
interface DueTeam {
  team_id: string
  due: number
}

/** How many of its due tasks a team may begin now. */
export interface TeamShare {
  team_id: string
  most: number
}

/** Teams looked at by one claim when more is due than can begin. */
const teamsPerTurn = 200
const mostTurns = 50
const notNowMs = 50
const first = '00000000-0000-0000-0000-000000000000'

/** Finds the teams that have due tasks, in turns when there are many. */
export class DueTeams {
  #after = first

  /**
   * Shares `free` places between the teams with due tasks. `held`: tasks of each team that this worker has under way.
   * @param earliest of the `2 * free` tasks that are due first, how many each team has
   */
  async share(ctx: Context, free: number, held: ReadonlyMap<string, number>, earliest: readonly DueTeam[]): Promise<TeamShare[]> {
    if (earliest.reduce((sum, team) => sum + team.due, 0) < 2 * free) return sharesOf(earliest, free, held)
    const now = ctx.clock.now()
    // Some turns may find only teams that have nothing due, or all the places that they may have.
    for (let turns = 0; turns < mostTurns; turns += 1) {
      const shares = sharesOf(await this.#turn(ctx.db, now, free), free, held)
      if (shares.length > 0 || this.#after === first) return shares
    }
    return []
  }

  /** The next teams in the order of their ids, so that each has its turn however much another has due. */
  async #turn(db: Db, now: Date, free: number): Promise<DueTeam[]> {
    const { rows } = await sql<DueTeam & { team_id: string | null }>`
      with recursive team(team_id, n) as (
        (select team_id, 1 from tasks where status = 'queued' and not parked and team_id > ${this.#after} order by team_id limit 1)
        union all
        select (
          select t.team_id from tasks t where t.status = 'queued' and not t.parked and t.team_id > team.team_id order by t.team_id limit 1
        ), n + 1
        from team where team.team_id is not null and n < ${teamsPerTurn}
      )
      select team.team_id, (
        select count(*)::int from (
          select from tasks t where t.team_id = team.team_id and t.status = 'queued' and not t.parked and t.run_at <= ${now} limit ${free}
        ) earliest
      ) as due
      from team where team.team_id is not null order by team.team_id`.execute(db)
    this.#after = rows.length < teamsPerTurn ? first : (rows.at(-1)?.team_id ?? first)
    return rows.filter(({ due }) => due > 0)
  }
}

function sharesOf(due: readonly DueTeam[], free: number, held: ReadonlyMap<string, number>): TeamShare[] {
  const given = shareOut(
    free,
    due.map((team) => ({ held: held.get(team.team_id) ?? 0, wanted: team.due })),
  )
  return due.map(({ team_id }, index) => ({ team_id, most: given[index] ?? 0 })).filter(({ most }) => most > 0)
}

/** Locks each team's earliest due tasks, and some more, since of those of one profile only one can begin. */
export const lockDue = (now: Date, shares: readonly TeamShare[]): Candidates => sql`
  select t.* from jsonb_to_recordset(${JSON.stringify(shares)}::jsonb) as s(team_id uuid, most int)
  cross join lateral (
    select * from tasks
    where team_id = s.team_id and status = 'queued' and not parked and run_at <= ${now}
    order by run_at, id limit s.most + 64 for update skip locked
  ) t`

/** What a worker learns by one statement, before it locks anything. */
export interface Outlook {
  /** Whether a dead worker left a task, or one has slept long enough. */
  resumable: boolean
  /** When the next task is due that is not parked. */
  nextRunAt: Date | null
  /** When the next sleeping task wakes. */
  nextResumeAt: Date | null
  /** How many of the tasks that are due first each team has. */
  earliest: DueTeam[]
}

const look = statement<Omit<Outlook, 'resumable'> & { lapsed: boolean }>(
  'look_ahead',
  `select
    exists (select from tasks where status = 'running' and lease_until < now()) as lapsed,
    (select min(run_at) from tasks where status = 'queued' and not parked) as "nextRunAt",
    (select min(resume_at) from tasks where status = 'waiting' and resume_at is not null) as "nextResumeAt",
    (
      select coalesce(jsonb_agg(team), '[]') from (
        select team_id, count(*) as due from (
          select team_id from tasks where status = 'queued' and not parked and run_at <= $1 order by run_at limit $2
        ) due group by team_id
      ) team
    ) as earliest`,
)

/** Looks at the ends of three indexes: an idle worker asks nothing else. `free`: the places for due tasks. */
export async function lookAhead(ctx: Context, free: number): Promise<Outlook> {
  const now = ctx.clock.now()
  const [row] = await run(ctx.db, look, [now, 2 * free])
  if (!row) throw new Error('a select without a from answers one row')
  const { lapsed, ...outlook } = row
  return { ...outlook, resumable: lapsed || (outlook.nextResumeAt !== null && outlook.nextResumeAt <= now) }
}

/** Milliseconds until the next task is due or wakes, or null if none waits. */
export function msUntilDue({ nextRunAt, nextResumeAt }: Pick<Outlook, 'nextRunAt' | 'nextResumeAt'>, now: Date): number | null {
  const times = [nextRunAt, nextResumeAt].flatMap((at) => at?.getTime() ?? [])
  if (times.length === 0) return null
  const ms = Math.min(...times) - now.getTime()
  // One that is due and was not claimed is locked, or its team has all the places that it may have.
  return ms <= 0 ? notNowMs : ms
}
