import { sql, type RawBuilder } from 'kysely'
import { newId } from '../../lib/ids.ts'
import type { Context } from '../../kernel/context.ts'
import type { unclaimed, MediaKind, MediaRequest } from './kind.ts'

// The hand-written statements of a table that is a queue of media. All go by its partial index on (team_id, prepare_at).

/** Teams that one claim looks at. The next claim goes on behind them. */
const teamsAtOnce = 128
/** Rows of a team that are looked at for one whose host has a free place. */
const lookedAt = 1_000

/** A due row that no worker holds: its key, and where its media is. */
export type DueRow = Readonly<Record<string, unknown>> & { team_id: string; media_url: string }

/** What names a row: the columns of its key at least. */
type Named<Row> = { readonly [column in keyof Row]?: unknown }

const table = <Row extends MediaRequest>(kind: MediaKind<Row>) => sql.table(kind.table)
const waiting = <Row extends MediaRequest>(kind: MediaKind<Row>) => sql.raw(kind.waiting)
const columns = <Row extends MediaRequest>(kind: MediaKind<Row>, of: string) =>
  sql.join(kind.key.map(([column]) => sql.ref(`${of}.${column}`)))
/** The columns of the key with their types, as a definition of a set of records. */
export const shape = <Row extends MediaRequest>(kind: MediaKind<Row>) =>
  sql.raw(kind.key.map(([column, type]) => `${column} ${type}`).join(', '))
export const keyOf = <Row extends MediaRequest>(kind: MediaKind<Row>, row: Named<Row>) =>
  Object.fromEntries(kind.key.map(([column]) => [column, row[column]]))
const isFree = sql`(prepare_lease is null or prepare_lease < now())`
const leaseEnd = (ctx: Context) => sql`clock_timestamp() + ${ctx.lease.ms} * interval '1 millisecond'`

/** Rows' keys given as JSON, each with a claim. */
function given<Row extends MediaRequest, Given extends Named<Row>>(
  kind: MediaKind<Row>,
  rows: readonly Given[],
  claimOf: (row: Given) => string | null,
) {
  const list = rows.map((row) => ({ ...keyOf(kind, row), claim: claimOf(row) }))
  return sql`jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as given(${shape(kind)}, claim uuid)`
}

const isOne = <Row extends MediaRequest>(kind: MediaKind<Row>, row: Row): RawBuilder<boolean> =>
  sql<boolean>`${sql.join(
    kind.key.map(([column]) => sql`${sql.ref(column)} = ${row[column]}`),
    sql` and `,
  )} and prepare_claim = ${row.prepare_claim} and ${waiting(kind)}`

/** A look for due rows. */
interface Look {
  /** The team behind which to look. */
  after: string | null
  /** Rows of one team. */
  most: number
  /** What is passed over: teams that hold their share, and hosts without a free place. */
  teams: readonly string[]
  hosts: readonly string[]
}

/**
 * Due rows that no worker holds: a few of each team, in the order in which they became due. The teams are found by stepping
 * along the index from one to the next, so that a team with 100,000 rows costs no more than one with ten.
 * @returns `end`: the team that was looked at last, null if there is none behind it
 */
export async function findDue<Row extends MediaRequest>(
  ctx: Context,
  kind: MediaKind<Row>,
  { after, most, teams, hosts }: Look,
): Promise<{ rows: DueRow[]; end: string | null }> {
  const due = sql`${waiting(kind)} and prepare_at <= ${ctx.clock.now()}`
  const host = sql`lower(substring(media_url from '^[a-zA-Z]+://([^/?#]*)'))`
  const hasRoom = hosts.length === 0 ? sql`true` : sql`coalesce(${host}, '') <> all (${hosts}::text[])`
  const first = after === null ? sql`true` : sql`team_id > ${after}`
  const { rows } = await sql<DueRow & { is_last: boolean; end_team: string }>`
    with recursive steps as (
      (select team_id, 1 as step from ${table(kind)} where ${due} and ${first} order by team_id limit 1)
      union all
      select next.team_id, step + 1 from steps cross join lateral (
        select q.team_id from ${table(kind)} q where ${due} and q.team_id > steps.team_id order by q.team_id limit 1
      ) next where step < ${teamsAtOnce}
    )
    select found.*, (select team_id from steps order by step desc limit 1) as end_team,
      (select count(*) < ${teamsAtOnce} from steps) as is_last
    from steps left join lateral (
      select ${columns(kind, 'q')}, q.media_url from (
        select * from ${table(kind)} where team_id = steps.team_id and ${due} order by prepare_at limit ${lookedAt}
      ) q
      where ${isFree} and ${hasRoom} and steps.team_id <> all (${teams}::uuid[])
      limit ${most}
    ) found on true`.execute(ctx.db)
  const [head] = rows
  return {
    rows: rows.filter((row) => (row.team_id as string | null) !== null),
    end: !head || head.is_last ? null : head.end_team,
  }
}

/** Claims those of the rows that are still due and free. @returns them, each with a claim of its own */
export async function claimRows<Row extends MediaRequest>(
  ctx: Context,
  kind: MediaKind<Row>,
  rows: readonly Named<Row>[],
): Promise<Row[]> {
  if (rows.length === 0) return []
  const claimed = await sql<Row>`
    with next as (
      select ${columns(kind, 'q')}, given.claim from ${given(kind, rows, () => newId())}
      join ${table(kind)} q using (${sql.join(kind.key.map(([column]) => sql.ref(column)))})
      where ${waiting(kind)} and prepare_at <= ${ctx.clock.now()} and ${isFree}
      for update of q skip locked
    )
    update ${table(kind)} q set prepare_claim = next.claim, prepare_lease = ${leaseEnd(ctx)}
    from next where (${columns(kind, 'q')}) = (${columns(kind, 'next')})
    returning q.*`.execute(ctx.db)
  return claimed.rows
}

/** Extends the leases of claimed rows. @returns those that are still held and wanted */
export async function extendRows<Row extends MediaRequest>(
  ctx: Context,
  kind: MediaKind<Row>,
  rows: readonly Row[],
): Promise<ReadonlySet<Row>> {
  const { rows: held } = await sql<{ prepare_claim: string }>`
    update ${table(kind)} q set prepare_lease = ${leaseEnd(ctx)}
    from ${given(kind, rows, (row) => row.prepare_claim)}
    where (${columns(kind, 'q')}) = (${columns(kind, 'given')}) and q.prepare_claim = given.claim and ${waiting(kind)}
    returning q.prepare_claim`.execute(ctx.db)
  const claims = new Set(held.map((row) => row.prepare_claim))
  return new Set(rows.filter((row) => row.prepare_claim !== null && claims.has(row.prepare_claim)))
}

/** A claimed row, and how many inspections of its file are to be counted as cut. */
export interface Cut<Row> {
  row: Row
  cut: number
}

/** Counts inspections as cut, of many rows that their claims still hold. */
export async function countCuts<Row extends MediaRequest>(
  ctx: Pick<Context, 'db'>,
  kind: MediaKind<Row>,
  cuts: readonly Cut<Row>[],
): Promise<void> {
  const list = cuts.map(({ row, cut }) => ({ ...keyOf(kind, row), claim: row.prepare_claim, cut }))
  await sql`
    update ${table(kind)} q set inspections_cut = given.cut
    from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as given(${shape(kind)}, claim uuid, cut int)
    where (${columns(kind, 'q')}) = (${columns(kind, 'given')}) and q.prepare_claim = given.claim and ${waiting(kind)}`.execute(
    ctx.db,
  )
}

/** Changes a row while this claim holds it. */
export const setClaimed = <Row extends MediaRequest>(
  ctx: Pick<Context, 'db'>,
  kind: MediaKind<Row>,
  row: Row,
  set: Partial<Pick<MediaRequest, 'prepare_tries' | 'prepare_faults'>> &
    Partial<typeof unclaimed> & { prepare_at?: Date; updated_at?: Date },
) =>
  sql`update ${table(kind)} set ${sql.join(Object.entries(set).map(([column, value]) => sql`${sql.ref(column)} = ${value}`))}
    where ${isOne(kind, row)}`.execute(ctx.db)
