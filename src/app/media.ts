import { videoMedia } from '../domain/bundles/check-video.ts'
import { HostPlaces } from '../domain/media/host-places.ts'
import { startMediaLoop } from '../domain/media/loop.ts'
import { postMedia } from '../domain/posts/prepare.ts'
import type { RunningLoop } from '../engine/loop.ts'
import type { Context } from '../kernel/context.ts'

/** Fetches from one host at once in this process, of posts and of bundles' videos together. */
const mostOfHost = 16

/** Begins to fetch and check media. */
export function startMedia(ctx: Context): RunningLoop[] {
  const hosts = new HostPlaces(mostOfHost)
  return [startMediaLoop(ctx, postMedia, hosts), startMediaLoop(ctx, videoMedia, hosts)]
}
