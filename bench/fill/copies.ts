import type pg from 'pg'

type Client = Pick<pg.ClientBase, 'query'>

/** The columns that an insert may name. */
async function columnsOf(client: Client, table: string): Promise<string[]> {
  const { rows } = await client.query<{ attname: string }>(
    `select quote_ident(attname) as attname from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' and attidentity = '' order by attnum`,
    [table],
  )
  return rows.map((row) => row.attname)
}

export interface Copy {
  /** The table of the row that is copied. */
  from: string
  /** Where the copies go, if not to the same table. */
  into?: string
  /** Columns that differ, as expressions over `n`, the copy's number, and `l`, the row that is copied. One that the table lacks is left out. */
  columns: Record<string, string>
}

/**
 * A statement that writes copies of a row, in the order of their numbers. What the benchmark does not name is as Croft itself wrote it.
 * Its values: the team and the id of the row, the first and the last number.
 */
export async function copyStatement(client: Client, { from, into = from, columns }: Copy): Promise<string> {
  const names = await columnsOf(client, into)
  const values = names.map((name) => columns[name] ?? `l.${name}`)
  return `insert into ${into} (${names.join(', ')})
    select ${values.join(', ')} from generate_series($3::bigint, $4::bigint) n, ${from} l where l.team_id = $1 and l.id = $2 order by n`
}
