import pg from 'pg'
import type { TestDatabase } from '../../support/database.ts'

export interface Statement {
  text: string
  values: readonly unknown[]
}

/**
 * Notes the queries of every client of this process that connects from now on, and lets them through.
 * @returns what was asked since the last call
 */
export function noteStatements(): () => Statement[] {
  let noted: Statement[] = []
  const query = Reflect.get(pg.Client.prototype, 'query') as (...args: readonly unknown[]) => unknown
  Object.assign(pg.Client.prototype, {
    query(this: pg.Client, ...args: readonly unknown[]) {
      const [first, second] = args
      // A named statement comes as an object.
      const { text, values }: { text?: unknown; values?: unknown } =
        typeof first === 'object' && first !== null ? first : { text: first, values: second }
      if (typeof text === 'string' && /^\s*(select|with)\b/i.test(text))
        noted.push({ text, values: Array.isArray(values) ? values : [] })
      return query.apply(this, [...args])
    },
  })
  return () => {
    const since = noted
    noted = []
    return since
  }
}

interface PlanNode {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  'Rows Removed by Index Recheck'?: number
  Plans?: PlanNode[]
}

/** What one scan read of a table: rows that it gave, and rows that it read for nothing. */
export interface Read {
  how: string
  given: number
  removed: number
}

function readsOf(node: PlanNode): Read[] {
  const below = (node.Plans ?? []).flatMap(readsOf)
  if (!node['Node Type'].includes('Scan') || node['Node Type'] === 'Bitmap Index Scan' || !node['Relation Name']) return below
  const loops = node['Actual Loops']
  const removed = ((node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)) * loops
  const how = `${node['Node Type']} of ${node['Relation Name']} ${node['Index Name'] ?? ''}`.trim()
  return [{ how, given: node['Actual Rows'] * loops, removed }, ...below]
}

/** Runs a query once more, and tells what it read. With `byIndex` only a table that has no fitting index is read whole. */
export async function readsOfStatement(database: TestDatabase, { text, values }: Statement, byIndex: boolean): Promise<Read[]> {
  const client = await database.pool.connect()
  try {
    await client.query(`set enable_seqscan = ${byIndex ? 'off' : 'on'}`)
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `explain (analyze, timing off, format json) ${text}`,
      [...values],
    )
    const plan = rows[0]?.['QUERY PLAN'][0].Plan
    return plan ? readsOf(plan) : []
  } finally {
    client.release()
  }
}
