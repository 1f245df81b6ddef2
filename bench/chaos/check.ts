import pg from 'pg'
import type { Follower } from './follow.ts'
import type { Receiver } from './receiver.ts'

export interface Verdict {
  counts: Record<string, number>
  /** Each a promise that did not hold. Empty: all did. */
  broken: string[]
}

interface PostRow {
  id: string
  status: string
  is_live: boolean
  webhook_url: string
  live: number
  drafts: number
}

const posts = `select p.id, p.status, p.is_live, p.webhook_url,
  (select count(*)::int from sandbox_posts s where s.ref = p.id::text and s.live_at is not null) as live,
  (select count(*)::int from sandbox_posts s where s.ref = p.id::text and s.live_at is null) as drafts
  from posts p`

/** What is on the platform must be what the post says: once, or not at all. */
function wrongOn(post: PostRow): string | null {
  const expected = { published: [1, 0], draft_saved: [0, 1], failed: [0, 0], canceled: [0, 0] }[post.status]
  if (!expected) return `post ${post.id} stands as ${post.status}`
  const [live, drafts] = expected
  return live === post.live && drafts === post.drafts
    ? null
    : `post ${post.id} is ${post.status}, and on the platform ${post.live} times live and ${post.drafts} times as a draft`
}

const terminal = ['post.published', 'post.draft_saved', 'post.failed', 'post.canceled']

function ledger(events: Follower['seen'], accepted: readonly string[]): string[] {
  const broken: string[] = []
  if (new Set(events.map((event) => event.event_id)).size !== events.length) broken.push('an event came twice to one reader')
  for (const id of accepted) {
    const own = events.filter((event) => event.data.task_id === id)
    const ends = own.filter((event) => terminal.includes(event.type)).length
    const begun = own.filter((event) => event.type === 'post.scheduled').length
    if (ends !== 1 || begun !== 1) broken.push(`post ${id} has ${begun} events of its beginning and ${ends} of its end`)
  }
  return broken
}

/** Holds the database, the stand-in platform, the events and what the receivers took against each other. */
export async function check(
  databaseUrl: string,
  run: { accepted: readonly string[]; events: Follower['seen']; receiver: Receiver; endpoints: readonly string[] },
): Promise<Verdict> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query<PostRow>(posts)
    const { rows: stored } = await client.query<{ id: string }>('select id from events')
    const broken = rows.flatMap((row) => wrongOn(row) ?? [])
    if (rows.length !== new Set(run.accepted).size || run.accepted.length !== rows.length)
      broken.push(`${run.accepted.length} posts were sent, ${new Set(run.accepted).size} answers, ${rows.length} rows`)
    broken.push(...ledger(run.events, run.accepted))
    const seen = new Set(run.events.map((event) => event.event_id))
    for (const { id } of stored) if (!seen.has(id)) broken.push(`the reader missed the event ${id}`)
    for (const path of run.endpoints)
      for (const { id } of stored)
        if (!run.receiver.taken.get(path)?.has(`msg_${id}`)) broken.push(`${path} was never told of the event ${id}`)
    for (const row of rows.filter((one) => one.status === 'published'))
      if (!run.receiver.taken.has(new URL(row.webhook_url).pathname)) broken.push(`the webhook of post ${row.id} never came`)
    const { rows: stuck } = await client.query<{ n: number }>(
      `select count(*)::int as n from tasks where status not in ('done', 'failed', 'canceled')`,
    )
    if (stuck[0]?.n) broken.push(`${stuck[0].n} tasks are stuck`)
    const count = (status: string) => rows.filter((row) => row.status === status).length
    const took = [...run.receiver.taken.values()].flatMap((ids) => [...ids.values()])
    return {
      broken,
      counts: {
        accepted: rows.length,
        published: count('published'),
        draft_saved: count('draft_saved'),
        failed: count('failed'),
        unconfirmed: count('unconfirmed'),
        events: stored.length,
        webhooks_taken: took.reduce((sum, one) => sum + one, 0),
        webhooks_taken_again: took.reduce((sum, one) => sum + one - 1, 0),
      },
    }
  } finally {
    await client.end()
  }
}
