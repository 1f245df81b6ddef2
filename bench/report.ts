import type { Figures } from './figures.ts'
import type { Lateness } from './lateness.ts'
import type { Loaded, Throughput } from './throughput.ts'

export interface Measured {
  start: { cold: number; warm: number }
  throughput: Throughput
  lateness: Lateness
}

export interface Row {
  what: string
  cells: string[]
  /** Whether a limit holds; null where there is none. */
  holds: boolean | null
}

const number = (value: number, digits = 0): string =>
  Number.isNaN(value) ? '–' : value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
const fine = (ms: number) => number(ms, ms < 100 ? 1 : 0)

const loaded = (what: string, { figures, bare, peakMb }: Loaded, limitMs: number | null): Row => ({
  what,
  cells: [
    number(figures.perSecond),
    number(bare.perSecond),
    number(figures.perSecond / bare.perSecond, 2),
    fine(figures.p50),
    fine(figures.p99),
    fine(figures.max),
    number(peakMb),
    limitMs === null ? '' : `p99 < ${limitMs} ms`,
  ],
  holds: limitMs === null ? null : figures.p99 < limitMs,
})

const late = (what: string, figures: Figures, limitMs: number | null, perSecond = false): Row => ({
  what,
  cells: [
    perSecond ? number(figures.perSecond) : '',
    '',
    '',
    fine(figures.p50),
    fine(figures.p99),
    fine(figures.max),
    '',
    limitMs === null ? '' : `p99 < ${number(limitMs)} ms`,
  ],
  holds: limitMs === null ? null : figures.p99 < limitMs,
})

const started = (what: string, ms: number): Row => ({
  what,
  cells: ['', '', '', '', '', fine(ms), '', '< 3,000 ms'],
  holds: ms < 3_000,
})

/** The rows of one database. */
export function rowsOf({ start, throughput, lateness }: Measured): Row[] {
  const { silent, gone, one, read, readOne } = throughput
  // Twice and 10 ms: two runs of the same load differ by as much on a busy machine.
  const same = silent.figures.p99 < gone.figures.p99 * 2 + 10
  return [
    loaded('POST /v1/posts, 20 callers, media never answers', silent, 100),
    loaded('POST /v1/posts, 20 callers, media answers 404 at once', gone, 100),
    {
      what: 'p99 with media that never answers to p99 with media that does',
      cells: ['', '', number(silent.figures.p99 / gone.figures.p99, 2), '', '', '', '', 'alike'],
      holds: same,
    },
    loaded('POST /v1/posts, 1 caller, media never answers', one, null),
    loaded('GET /v1/farm-profiles/{id}, 20 callers', read, null),
    loaded('GET /v1/farm-profiles/{id}, 1 caller', readOne, null),
    late('Start of 100 posts after their due time, none other waiting', lateness.alone, null),
    late('Start of 200 posts after their due time, 100,000 others waiting', lateness.among, 1_000),
    late('Start of 500 posts due in one instant, 100,000 others waiting', lateness.atOnce, null, true),
    started('First 200 of /readyz, cold: nothing there', start.cold),
    started('First 200 of /readyz, warm', start.warm),
  ]
}

const head = ['', 'a second', 'bare pg', 'ratio', 'p50 ms', 'p99 ms', 'max ms', 'memory MB', 'limit', '']

/** A Markdown table, its columns aligned. */
export function table(rows: readonly Row[]): string {
  const lines = rows.map(({ what, cells, holds }) => [what, ...cells, holds === null ? '' : holds ? 'pass' : 'FAIL'])
  const widths = head.map((title, index) => Math.max(3, title.length, ...lines.map((line) => line[index]?.length ?? 0)))
  const isText = (index: number) => index === 0 || index >= 8
  const pad = (text: string, index: number) =>
    isText(index) ? text.padEnd(widths[index] ?? 0) : text.padStart(widths[index] ?? 0)
  const line = (cells: readonly string[]) => `| ${cells.map(pad).join(' | ')} |`
  const rule = widths.map((width, index) => (isText(index) ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [line(head), line(rule), ...lines.map(line)].join('\n')
}
