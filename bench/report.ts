import type { Row } from './measure.ts'

const number = (value: number | undefined, digits = 0): string =>
  value === undefined || Number.isNaN(value)
    ? ''
    : value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
/** As many digits as say something. */
const fine = (value: number | undefined) => number(value, value !== undefined && value < 100 ? 1 : 0)

const verdict = ({ holds }: Row) => (holds === undefined ? '' : holds ? 'pass' : 'FAIL')
const head = ['', 'Croft', 'beside', 'ratio', 'p50 ms', 'p99 ms', 'goal', '']
const isText = (index: number) => index === 0 || index >= 6

const cells = (row: Row): string[] => [
  (row.failed === undefined ? row.what : `${row.what}: ${row.failed}`).replaceAll('|', '\\|').replaceAll('\n', ' '),
  fine(row.croft),
  fine(row.beside),
  number(row.ratio, 2),
  fine(row.p50),
  fine(row.p99),
  row.goal ?? '',
  verdict(row),
]

/** A Markdown table, its columns aligned. */
export function table(rows: readonly Row[]): string {
  const lines = rows.map(cells)
  const widths = head.map((title, index) => Math.max(3, title.length, ...lines.map((line) => line[index]?.length ?? 0)))
  const pad = (text: string, index: number) =>
    isText(index) ? text.padEnd(widths[index] ?? 0) : text.padStart(widths[index] ?? 0)
  const line = (texts: readonly string[]) => `| ${texts.map(pad).join(' | ')} |`
  const rule = widths.map((width, index) => (isText(index) ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [line(head), line(rule), ...lines.map(line)].join('\n')
}

export const explanation = `Each comparison measures both sides in this run, in turn, on this machine, which also runs Postgres and the load: the ratios tell more
than the figures. Croft is \`croft serve\`, one process with every role, unless a line says otherwise. Load over HTTP comes from \`wrk\`, with keep-alive; a
load in which a request was refused fails its line. Both sides use the same connection options, with \`fsync\` and \`synchronous_commit\` on.

- *bare pg, the same rows*: post, task, event, timeline and audit, in one named statement in copies of Croft's tables with their indexes and foreign keys, 20 connections. *The content
  alone*: one row with the members of a post in a table with nothing but a primary key.
- *bare pg, batches of 100*: copies of Croft's own tables with their indexes and foreign keys, one connection, three commits per batch: the claims, the beginnings of the steps, the results with
  events and timeline. Croft stores the same; posts were accepted and their media checked before.
- *Fastify with one named select*: a process of its own with a pool of 20, which answers the row as JSON.
- *round trips* and *statements* are what pg_stat_statements counts for Croft's database, \`begin\` and \`commit\` among them. Those of a whole post are everything that the process
  asks from the first request until the last post is published, its other loops included, divided by the posts.
- *late by*: from the time that a post is due until its driver is asked. For team B the p99 column holds the latest.
- *memory*: proportional set size of Croft's processes and Postgres's.
- *scale*: requests per second of 8 callers; the ratio is few to many, so that 1.3 is a request that costs 30% more. Nine of ten posts are published, the others wait.`
