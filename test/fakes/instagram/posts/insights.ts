import { jsonReply, type Call, type Reply } from '../../common/calls.ts'
import { invalid, refuse } from '../errors.ts'
import { limits } from '../limits.ts'
import { required } from '../parameters.ts'
import { needs } from '../scopes.ts'
import type { Metric, Post, State } from '../state.ts'
import { ownPost, productTypeOf } from './read.ts'

type Product = ReturnType<typeof productTypeOf>

/** Which products have a metric. Those that Meta has retired (impressions, plays, video_views) stand nowhere here. */
const metrics: Record<Metric, readonly Product[]> = {
  views: ['FEED', 'REELS', 'STORY'],
  likes: ['FEED', 'REELS'],
  comments: ['FEED', 'REELS'],
  shares: ['FEED', 'REELS', 'STORY'],
  saved: ['FEED', 'REELS'],
  reach: ['FEED', 'REELS', 'STORY'],
  total_interactions: ['FEED', 'REELS', 'STORY'],
  replies: ['STORY'],
  navigation: ['STORY'],
  follows: ['FEED', 'STORY'],
  profile_visits: ['FEED', 'STORY'],
  ig_reels_avg_watch_time: ['REELS'],
  ig_reels_video_view_total_time: ['REELS'],
}

/**
 * `GET /{media_id}/insights?metric=…`: the metrics that were set on the post; one that was not has no data and is left out.
 * A story's metrics end after 24 hours, and take five viewers.
 */
export function readInsights(state: State, call: Call): Reply {
  const { post, token, sent } = ownPost(state, call)
  needs(token, 'insights')
  const names = required(sent, 'metric').split(',').map(metricOf)
  const product = productTypeOf(post)
  const wrong = names.filter((name) => !metrics[name].includes(product))
  if (wrong.length > 0) invalid(`Incompatible metrics (${wrong.join(', ')}) with ${product} media`)
  if (post.kind === 'story') {
    if (state.clock.now().getTime() - post.publishedAt.getTime() >= limits.storyMetrics) return jsonReply(200, { data: [] })
    if ((post.metrics.reach ?? 0) < limits.storyViewers) refuse('10', '(#10) Not enough viewers for the media to show insights')
  }
  return jsonReply(200, { data: names.flatMap((name) => rowOf(post, name)) })
}

function metricOf(name: string): Metric {
  if (!Object.hasOwn(metrics, name)) invalid(`metric[0] must be one of the following values: ${Object.keys(metrics).join(', ')}`)
  return name as Metric
}

function rowOf({ id, metrics: values }: Post, name: Metric): object[] {
  const value = values[name]
  if (value === undefined) return []
  return [
    { name, period: 'lifetime', values: [{ value }], title: name, description: name, id: `${id}/insights/${name}/lifetime` },
  ]
}
