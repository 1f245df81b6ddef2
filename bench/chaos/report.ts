import type { Outcome, Size } from './chaos.ts'

const conditions = (size: Size): string[] =>
  size.killEveryMs === 0
    ? [
        `Croft under load (${size.posts} posts on ${size.profiles} profiles) while Postgres, ${size.all > 0 ? 'the embedded one' : 'a server'}, is lost ${size.restarts} times in a row. No process of Croft may end.`,
      ]
    : [
        `\`npm run chaos\`: ${size.api} API and ${size.worker} worker processes on one Postgres server, ${size.posts} posts on ${size.profiles} profiles over ${size.ms / 1_000} s, a random fault of the sandbox before every third post,`,
        `SIGKILL of a random process every ${size.killEveryMs / 1_000} s, Postgres stopped in immediate mode ${size.restarts} times, webhook receivers that fail a third of the time. \`--seed N\` repeats a run's choices.`,
      ]

/** The report as Markdown. */
export function report(outcomes: readonly Outcome[], size: Size): string {
  const first = outcomes[0]
  const names = ['kills', 'restarts', 'retries', 'refused', 'seconds'] as const
  const rows: [string, (one: Outcome) => string | number][] = [
    ...Object.keys(first?.counts ?? {}).map((name): [string, (one: Outcome) => number] => [name, (one) => one.counts[name] ?? 0]),
    ...names.map((name): [string, (one: Outcome) => number] => [name, (one) => one[name]]),
    ['promises broken', (one) => one.broken.length],
  ]
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
  return [
    '# Chaos',
    '',
    ...conditions(size),
    'Afterwards every post must be on the stand-in platform exactly as often as its status says, every event once in the ledger and at least once at every endpoint, and no task unfinished.',
    '',
    line(['seed', ...outcomes.map((one) => one.seed)]),
    line(['---', ...outcomes.map(() => '---:')]),
    ...rows.map(([name, of]) => line([name.replaceAll('_', ' '), ...outcomes.map(of)])),
    '',
    ...outcomes.flatMap((one) => one.broken.slice(0, 20).map((what) => `- seed ${one.seed}: ${what}`)),
  ].join('\n')
}
