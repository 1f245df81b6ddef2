import { statement, type Statement } from '../../db/statement.ts'
import type { ProfileRow, TaskRow } from '../../kernel/rows.ts'
import { accountStatusSql } from './standing.ts'

/** What the answers show of a profile's row. */
export type ProfileFacts = Pick<
  ProfileRow,
  | 'id'
  | 'platform'
  | 'driver'
  | 'profile_name'
  | 'username'
  | 'display_name'
  | 'name_changed_at'
  | 'email_auth_method'
  | 'bio'
  | 'link_in_bio'
  | 'status'
  | 'phone_id'
  | 'provisioned_at'
  | 'runs_completed'
  | 'first_run_at'
  | 'last_run_ended_at'
  | 'ready_at'
  | 'labels'
  | 'created_at'
  | 'updated_at'
>

/** In addition, what the details are derived from: the warm-up policy, its own or else its team's, its picture and its next run. */
export type ProfileRead = ProfileFacts &
  Pick<ProfileRow, 'warmup_runs' | 'warmup_span_ms' | 'warmup_session_ms' | 'warmup_interval_ms' | 'warmup_maintenance_ms'> & {
    picture_token: string | null
    next_run_status: TaskRow['status'] | null
    next_run_at: Date | null
    next_run_started_at: Date | null
  }

/** Of rows `p` of one team. The next run is looked for only where a profile can have one. */
const factsOf = (source: string, order: string) => `
  select p.id, p.platform, p.driver, p.profile_name, p.username, p.display_name, p.name_changed_at, p.email_auth_method, p.bio,
    p.link_in_bio, p.status, p.phone_id, p.provisioned_at, p.runs_completed, p.first_run_at, p.last_run_ended_at, p.ready_at,
    p.labels, p.created_at, p.updated_at,
    coalesce(p.warmup_runs, t.warmup_runs) as warmup_runs,
    coalesce(p.warmup_span_ms, t.warmup_span_ms) as warmup_span_ms,
    coalesce(p.warmup_session_ms, t.warmup_session_ms) as warmup_session_ms,
    coalesce(p.warmup_interval_ms, t.warmup_interval_ms) as warmup_interval_ms,
    coalesce(p.warmup_maintenance_ms, t.warmup_maintenance_ms) as warmup_maintenance_ms,
    m.token as picture_token, r.status as next_run_status, r.run_at as next_run_at, r.started_at as next_run_started_at
  from ${source} p
  join teams t on t.id = p.team_id
  left join media m on m.team_id = p.team_id and m.id = p.picture_id
  left join lateral (
    select status, run_at, started_at from tasks
    where p.ready_at is null and p.status not in ('failed', 'deactivated') and team_id = p.team_id and profile_id = p.id
      and kind = 'warmup' and status in ('pending', 'queued', 'running', 'waiting')
    limit 1
  ) r on true
  ${order}`

export const profileById: Statement<ProfileRead> = statement(
  'profile by id',
  factsOf('profiles', 'where p.team_id = $1 and p.id = $2'),
)

export const profilesByIds: Statement<ProfileRead> = statement(
  'profiles by ids',
  factsOf('profiles', 'where p.team_id = $1 and p.id = any($2::uuid[]) order by p.id desc'),
)

const filters = { none: '', status: 'and status = $3', accountStatus: `and ${accountStatusSql} = $3` } as const
export type ProfileListFilter = keyof typeof filters

/** The page is cut out first, so that the joins are made for its rows alone. A page's size is in the text, for the plan. */
const pageStatement = (filter: ProfileListFilter, rows: number): Statement<ProfileRead> =>
  statement(
    `profiles, ${filter}, ${rows}`,
    `with page as materialized (
      select * from profiles where team_id = $1 and id < $2 ${filters[filter]} order by id desc limit ${rows}
    ) ${factsOf('page', 'order by p.id desc')}`,
  )

const pages = {
  none: [pageStatement('none', 21), pageStatement('none', 101)],
  status: [pageStatement('status', 21), pageStatement('status', 101)],
  accountStatus: [pageStatement('accountStatus', 21), pageStatement('accountStatus', 101)],
} as const

/** The statement for a page of up to `limit` profiles and one more; parameters: team, the id before which it begins, the filter's value. */
export const profilesPage = (filter: ProfileListFilter, limit: number): Statement<ProfileRead> =>
  pages[filter][limit <= 20 ? 0 : 1]
