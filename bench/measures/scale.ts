import { idOf } from '../fill/ids.ts'
import { inBulk } from '../fill/in-bulk.ts'
import { fillPosts } from '../fill/posts.ts'
import { fillProfiles } from '../fill/profiles.ts'
import type { Bench, Measure, Row } from '../measure.ts'
import { inTurn } from '../support/figures.ts'
import { openStage, postOf, waitingPost, type Stage } from '../support/staged.ts'
import { load, type Request } from '../support/wrk.ts'

const callers = 8
const small = 1_000
const postsPerProfile = 10

const get = (path: string): Request => ({ method: 'GET', path, status: 200 })

/** What is asked of both sizes. */
const requests = (mediaUrl: string): Request[] => [
  get('/v1/farm-profiles/{profile}'),
  get('/v1/farm-profiles'),
  get('/v1/farm-profiles?status=ready'),
  get('/v1/farm-profiles/{profile}/timeline'),
  get('/v1/accounts'),
  get('/v1/accounts?status=ready'),
  get('/v1/posts/{post}'),
  get('/v1/posts'),
  get('/v1/posts?status=scheduled'),
  get('/v1/posts?profile_id={profile}'),
  get('/v1/posts?profile_id={profile}&status=published'),
  get('/v1/tasks/{post}'),
  get('/v1/tasks?status=queued'),
  get('/v1/tasks?kind=publish'),
  get('/v1/tasks?profile_id={profile}'),
  get('/v1/events'),
  get('/v1/events?type=profile.ready'),
  get('/v1/audit'),
  get('/v1/phones'),
  get('/v1/webhook-endpoints'),
  get('/v1/webhook-deliveries'),
  get('/v1/webhook-deliveries?status=failed'),
  get('/api/ext/accounts'),
  get('/api/ext/accounts?platform=tiktok'),
  get('/api/ext/accounts/{profile}'),
  get('/api/ext/bundles'),
  get('/api/ext/credits/history'),
  get('/readyz'),
  get('/metrics'),
  {
    method: 'POST',
    path: '/v1/posts',
    body: JSON.stringify({ ...postOf('{profile}', mediaUrl), title: 'Post {n}' }),
    status: 202,
  },
  { method: 'PATCH', path: '/v1/posts/{waiting}', body: JSON.stringify({ title: 'Another title {n}' }), status: 200 },
  // Last: it limits how often a profile may post.
  {
    method: 'PUT',
    path: '/v1/farm-profiles/{profile}/pacing',
    body: JSON.stringify({ max_per_day: 100, min_gap: null }),
    status: 200,
  },
]

/** Profiles, and ten posts each: nine are published, and every tenth waits. */
async function openFilled(bench: Bench, profiles: number): Promise<Stage> {
  const stage = await openStage(bench, { profiles: small })
  const { database, teamId } = stage
  const id = await waitingPost(stage, idOf('profile', 0), bench.outside.video)
  await stage.croft.stop()
  const posts = profiles * postsPerProfile
  await inBulk(database.pool, posts, async (client) => {
    if (profiles > small) await fillProfiles(client, { teamId, driver: 'sandbox', first: small, count: profiles - small })
    await fillPosts(client, {
      like: { teamId, id },
      first: 0,
      count: posts,
      profiles: { first: 0, count: profiles },
      due: `now() + interval '2 days' + n * interval '300 days' / ${posts} - case when n % 10 = 9 then interval '0' else interval '320 days' end`,
      published: 'n % 10 <> 9',
    })
  })
  await stage.restart()
  return stage
}

/** Every kind of request at 1,000 profiles and at many, in turn. */
async function measureScale(bench: Bench): Promise<Row[]> {
  const { scale, scaleSeconds } = bench.sizes
  const opened = new AsyncDisposableStack()
  try {
    const sides: Record<'few' | 'many', { stage: Stage; profiles: number }> = {
      few: { stage: await openFilled(bench, small), profiles: small },
      many: { stage: await openFilled(bench, scale), profiles: scale },
    }
    for (const { stage } of Object.values(sides)) opened.defer(() => stage.stop())
    const ask = ({ stage, profiles }: (typeof sides)['few'], request: Request, seconds: number) =>
      load({
        address: stage.croft.address,
        key: stage.key,
        request,
        connections: callers,
        seconds,
        profiles,
        posts: profiles * postsPerProfile,
      })
    const rows: Row[] = []
    for (const request of requests(bench.outside.silent)) {
      const what = `${request.method} ${request.path}`
      try {
        for (const side of Object.values(sides)) await ask(side, request, scaleSeconds)
        const found = await inTurn({
          few: () => ask(sides.few, request, scaleSeconds),
          many: () => ask(sides.many, request, scaleSeconds),
        })
        const ratio = found.few.perSecond / found.many.perSecond
        rows.push({
          what: `${what}, per second`,
          croft: found.many.perSecond,
          beside: found.few.perSecond,
          ratio,
          p50: found.many.p50,
          p99: found.many.p99,
          goal: '≤ 1.3',
          holds: ratio <= 1.3,
        })
      } catch (error) {
        rows.push({ what, failed: String(error), goal: '≤ 1.3', holds: false })
      }
    }
    return summed(rows, scale)
  } finally {
    await opened.disposeAsync()
  }
}

function summed(rows: readonly Row[], scale: number): Row[] {
  const ratios = rows.flatMap(({ ratio }) => ratio ?? [])
  const number = (value: number) => value.toLocaleString('en-US')
  const worst: Row = {
    what: `${number(scale)} profiles, ${number(scale * postsPerProfile)} posts; beside: ${number(small)} profiles: the worst of these, cost to cost`,
    ratio: Math.max(...ratios),
    goal: '≤ 1.3',
    holds: rows.every(({ holds }) => holds === true),
  }
  return [worst, ...rows]
}

export const scaled: Measure = { name: 'scale', run: measureScale }
