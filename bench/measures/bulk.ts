import { idOf } from '../fill/ids.ts'
import type { Bench, Measure, Row } from '../measure.ts'
import { median } from '../support/figures.ts'
import { openStage, postOf, type Stage } from '../support/staged.ts'
import { countStatements } from '../support/statements.ts'

const size = 500

async function send(address: string, key: string, posts: readonly unknown[]): Promise<void> {
  const response = await fetch(`${address}/v1/posts/bulk`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({ posts }),
  })
  const { results = [] } = (await response.json()) as { results?: { task_id?: string }[] }
  const accepted = results.filter((result) => result.task_id !== undefined).length
  if (accepted !== size) throw new Error(`POST /v1/posts/bulk answered ${response.status} and accepted ${accepted} of ${size}`)
}

/** What a process with a part of the roles must be told, since it shares all of it with others. */
const asApi = ({ site, database: { connection } }: Stage) => ({
  CROFT_ROLE: 'api',
  CROFT_MEDIA_STORE: `${site.settings['CROFT_DATA_DIR'] ?? ''}/media`,
  CROFT_PUBLIC_URL: 'http://127.0.0.1:3000',
  DATABASE_URL:
    'url' in connection
      ? connection.url
      : `postgresql://${connection.user}@localhost:${connection.port}/${connection.database}?host=${encodeURIComponent(connection.host)}`,
})

/** 500 posts per request, one request after the other, to a process that only serves HTTP: what it asks is for the request. */
async function measureBulk(bench: Bench): Promise<Row[]> {
  const { sizes, outside } = bench
  const stage = await openStage(bench, { profiles: sizes.profiles, statements: true })
  try {
    const { address } = await stage.restart(asApi(stage))
    const counter = await countStatements(stage.database.admin, stage.database.name)
    const posts = Array.from({ length: size }, (_, n) => postOf(idOf('profile', n % sizes.profiles), outside.silent))
    const request = () => send(address, stage.key, posts)
    for (let n = 0; n < Math.max(2, sizes.bulks / 10); n += 1) await request()
    const trips: number[] = []
    const began = performance.now()
    for (let n = 0; n < sizes.bulks; n += 1) {
      await counter.count()
      await request()
      trips.push(await counter.count())
    }
    const perSecond = (sizes.bulks * size) / ((performance.now() - began) / 1_000)
    return [
      {
        what: 'POST /v1/posts/bulk of 500: round trips to the database, median',
        croft: median(trips),
        goal: '≤ 20',
        holds: median(trips) <= 20,
      },
      {
        what: 'POST /v1/posts/bulk of 500, one after the other: posts per second',
        croft: perSecond,
        goal: '≥ 5,000',
        holds: perSecond >= 5_000,
      },
    ]
  } finally {
    await stage.stop()
  }
}

export const bulk: Measure = { name: 'bulk', run: measureBulk }
