import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { videoMedia } from '../../../src/domain/bundles/check-video.ts'
import { findDue } from '../../../src/domain/media/media-rows.ts'
import { postMedia } from '../../../src/domain/posts/prepare.ts'
import { dataOf, portal, savedAccount } from '../../api/portal/support.ts'
import { accept, postNow } from '../../support/posts.ts'
import { readyProfile } from '../../support/ready-profile.ts'

const p = portal()

/** The tables as an older version left them. */
const before = `
  alter table posts drop column prepare_at, drop column prepare_tries, drop column prepare_faults, drop column prepare_claim,
    add column swept_for timestamptz, add column swept_at timestamptz;
  alter table video_slots drop column prepare_at, drop column prepare_tries, drop column prepare_faults,
    drop column prepare_claim, drop column prepare_lease;
  create index posts_preparing on posts (updated_at) where status = 'preparing';
  create index video_slots_unchecked on video_slots (updated_at) where media_url is not null and media_checked_at is null;
  update posts set updated_at = updated_at - interval '1 hour', prepare_lease = now() - interval '1 minute'`

test('what waits for its media since before is due as of then, and the lease of a worker that is gone has ended', async () => {
  const { server, manager, order, request } = p()
  const { ctx, team, database, clock } = server
  const post = await accept(team, await readyProfile(ctx, team))
  const account = await savedAccount(server, manager.id)
  const bundle = await order({ bundle_type: 'videos_only', videos_quantity: 1, account_id: account })
  const day = new Date(clock.now().getTime() + 86_400_000).toISOString().slice(0, 10)
  const video = { media_type: 'video', media_url: 'https://media.example.com/bread.mp4', target_publish_date: day }
  dataOf(await request('PUT', `/api/ext/bundles/${bundle}/videos/1`, video))
  await database.pool.query(before)
  await database.pool.query(await readFile(new URL('../../../src/db/migrations/0019_media_queue.sql', import.meta.url), 'utf8'))
  const { prepare_at, updated_at, prepare_tries } = await postNow(ctx, post)
  assert.deepEqual([prepare_at, prepare_tries], [updated_at, 0])
  const due = async (kind: typeof postMedia | typeof videoMedia) =>
    (await findDue(ctx, kind as typeof postMedia, { after: null, most: 8, teams: [], hosts: [] })).rows
  assert.deepEqual(
    (await due(postMedia)).map((row) => row['id']),
    [post.id],
  )
  assert.deepEqual(
    (await due(videoMedia)).map((row) => [row['bundle_id'], row['position']]),
    [[bundle, 1]],
  )
})
