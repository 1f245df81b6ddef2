import { checkVideoMedia } from '../domain/bundles/check-video.ts'
import type { Context } from '../kernel/context.ts'
import { hostPlaces } from '../domain/media/host-places.ts'
import { tokenIn } from '../domain/media/own.ts'
import { prepareMedia } from '../domain/posts/prepare.ts'
import { systemUnit } from '../kernel/unit-of-work.ts'
import { checkVideo, preparePost, type JobData, type JobDefinition } from '../jobs/definitions.ts'

/** Fetches from one host at once in this process, of posts and of bundles' videos together. */
const mostOfHost = 16

/** Begins to fetch and check media. */
export async function workOnMedia(ctx: Context): Promise<void> {
  const hosts = hostPlaces(mostOfHost)
  const inTurn = async <Data extends JobData>(
    job: { definition: JobDefinition<Data>; data: Data; key: string },
    media: { media_url: string | null; since: Date } | undefined,
    work: () => Promise<void>,
  ) => {
    const url = media?.media_url ?? null
    if (!media || url === null || tokenIn(ctx, url) !== null || !URL.canParse(url)) return work()
    const { definition, data, key } = job
    // Sent again as of its own time, so that it keeps its turn among those that wait.
    const again = () => systemUnit(ctx, data.team_id).commit((tx) => tx.send(definition, data, media.since))
    return hosts.take(new URL(url).host, { key, teamId: data.team_id, again }, work)
  }
  await ctx.queue.work(preparePost, async (data, signal) => {
    const { team_id, task_id, media_version, tries = 0 } = data
    const post = await ctx.db
      .selectFrom('posts')
      .select(['media_url', 'created_at as since'])
      .where('team_id', '=', team_id)
      .where('id', '=', task_id)
      .executeTakeFirst()
    const job = { definition: preparePost, data, key: `${task_id}/${media_version}` }
    await inTurn(job, post, () => prepareMedia(ctx, { teamId: team_id, taskId: task_id, version: media_version, tries, signal }))
  })
  await ctx.queue.work(checkVideo, async (data, signal) => {
    const { team_id, bundle_id, position, media_version, tries = 0 } = data
    const slot = await ctx.db
      .selectFrom('video_slots')
      .select(['media_url', 'updated_at as since'])
      .where('team_id', '=', team_id)
      .where('bundle_id', '=', bundle_id)
      .where('position', '=', position)
      .executeTakeFirst()
    const job = { definition: checkVideo, data, key: `${bundle_id}/${position}/${media_version}` }
    const input = { teamId: team_id, bundleId: bundle_id, position, version: media_version, tries, signal }
    await inTurn(job, slot, () => checkVideoMedia(ctx, input))
  })
}
