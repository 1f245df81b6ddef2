import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { sql, type KyselyPlugin } from 'kysely'
import { claimRows } from '../../../src/domain/media/media-rows.ts'
import { openPreparation } from '../../../src/domain/media/prepare.ts'
import { keepUpload } from '../../../src/domain/media/upload.ts'
import { cancelPost } from '../../../src/domain/posts/cancel.ts'
import { taskStatusOf } from '../../../src/domain/posts/lifecycle.ts'
import { postMedia } from '../../../src/domain/posts/prepare.ts'
import { retryPost } from '../../../src/domain/posts/retry.ts'
import type { Context } from '../../../src/kernel/context.ts'
import type { PostRow, ProfileRow } from '../../../src/kernel/rows.ts'
import { newId, newToken } from '../../../src/lib/ids.ts'
import { standingClock } from '../../support/clock.ts'
import { testCroft, type TestCroft } from '../../support/croft.ts'
import { accept, postNow, prepare } from '../../support/posts.ts'
import { readyProfile } from '../../support/ready-profile.ts'

const clock = standingClock()
let server: TestCroft
let profile: ProfileRow
let good: string
let bad: string
before(async () => {
  server = await testCroft({ work: false, substitutes: { clock } })
  profile = await readyProfile(server.ctx, server.team)
  good = await uploaded('examples/sample.mp4')
  bad = await uploaded('test/fixtures/media/hevc.mp4')
})
after(() => server.stop())

async function uploaded(path: string): Promise<string> {
  const { ctx, team } = server
  const blob = await ctx.store.put(createReadStream(new URL(`../../../${path}`, import.meta.url)))
  return `${ctx.publicUrl()}/media/${(await keepUpload(team.unit, { ...blob, contentType: 'video/mp4' })).token}`
}

/** Prepares posts at the same time, as one worker that has claimed them all. `meanwhile` happens once they are claimed. */
async function prepareTogether(
  ctx: Context,
  posts: readonly PostRow[],
  meanwhile: () => Promise<unknown> = () => Promise.resolve(),
) {
  const rows = await claimRows(ctx, postMedia, posts)
  assert.equal(rows.length, posts.length)
  await meanwhile()
  const prepareOne = openPreparation(ctx, postMedia)
  return Promise.allSettled(rows.map((row) => prepareOne(row, new AbortController().signal)))
}

const mediaOf = async (url: string): Promise<number> =>
  (await server.ctx.db.selectFrom('media').select('id').where('source_url', '=', url).execute()).length

const claims = async (): Promise<number> => (await sql`select 1 from file_claims`.execute(server.ctx.db)).rows.length

const minute = 60_000
const kinds = ['good', 'later', 'refused', 'unknown', 'canceled', 'taken over', 'kept before'] as const

/** A post of each kind, as it is before it is claimed. */
async function postOf(kind: (typeof kinds)[number]): Promise<PostRow> {
  const { ctx, team } = server
  const unknown = `${ctx.publicUrl()}/media/${newToken()}`
  const mediaUrl = kind === 'refused' ? bad : kind === 'unknown' ? unknown : good
  const executeAt = kind === 'later' ? clock.now().getTime() + minute : null
  const post = await accept(team, profile, { mediaUrl, executeAt })
  if (kind !== 'kept before') return post
  await prepare(ctx, post)
  await ctx.db.updateTable('posts').set({ status: 'failed' }).where('id', '=', post.id).execute()
  await retryPost(team.unit, post.id)
  return postNow(ctx, post)
}

const becomes: Record<(typeof kinds)[number], PostRow['status']> = {
  good: 'queued',
  later: 'scheduled',
  refused: 'failed',
  unknown: 'failed',
  canceled: 'canceled',
  'taken over': 'preparing',
  'kept before': 'queued',
}

test('whatever becomes of the others that are prepared with it, each post is settled by its own media', async () => {
  const { ctx, team } = server
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...kinds), { minLength: 2, maxLength: 7 }), async (mix) => {
      const posts: PostRow[] = []
      for (const kind of mix) posts.push(await postOf(kind))
      const before = await mediaOf(good)
      const ended = await prepareTogether(ctx, posts, async () => {
        for (const [index, { id }] of posts.entries()) {
          if (mix[index] === 'canceled') await cancelPost(team.unit, id)
          if (mix[index] === 'taken over')
            await ctx.db.updateTable('posts').set({ prepare_claim: newId() }).where('id', '=', id).execute()
        }
      })
      assert.deepEqual(new Set(ended.map(({ status }) => status)), new Set(['fulfilled']))
      for (const [index, post] of posts.entries()) {
        const kind = mix[index] ?? 'good'
        const now = await postNow(ctx, post)
        assert.equal(now.status, becomes[kind], kind)
        const { status } = await ctx.db.selectFrom('tasks').select('status').where('id', '=', post.id).executeTakeFirstOrThrow()
        assert.equal(status, taskStatusOf[now.status])
        assert.equal(now.media_id !== null, ['good', 'later', 'kept before'].includes(kind))
      }
      const kept = mix.filter((kind) => kind === 'good' || kind === 'later').length
      assert.equal((await mediaOf(good)) - before, kept)
      assert.equal(await claims(), 0, 'every claim on a file has ended')
      await ctx.db
        .updateTable('posts')
        .set({ prepare_lease: sql`now()` })
        .where('status', '=', 'preparing')
        .execute()
      for (const post of posts) if ((await postNow(ctx, post)).status === 'preparing') await prepare(ctx, post)
    }),
    { numRuns: 6 },
  )
})

test('one whose media cannot be kept fails no other, and is tried again later', async () => {
  const { ctx, team } = server
  const posts: PostRow[] = []
  for (let n = 0; n < 6; n += 1) posts.push(await accept(team, profile, { mediaUrl: `${good}${n === 3 ? '?bad' : ''}` }))
  await sql`create function refuse_media() returns trigger language plpgsql as $$ begin raise 'refused by the test'; end $$`.execute(
    ctx.db,
  )
  await sql`create trigger refuse before insert on media for each row when (new.source_url like '%?bad') execute function refuse_media()`.execute(
    ctx.db,
  )
  const ended = await prepareTogether(ctx, posts)
  await sql`drop trigger refuse on media`.execute(ctx.db)
  assert.deepEqual(
    ended.map(({ status }) => status),
    posts.map((_, n) => (n === 3 ? 'rejected' : 'fulfilled')),
  )
  for (const [n, post] of posts.entries()) {
    const { status, prepare_faults, inspections_cut } = await postNow(ctx, post)
    assert.deepEqual([status, prepare_faults, inspections_cut], n === 3 ? ['preparing', 1, 0] : ['queued', 0, 0])
  }
  await prepare(ctx, posts[3] as PostRow)
  assert.equal((await postNow(ctx, posts[3] as PostRow)).status, 'queued')
})

test('posts that are prepared at the same time share their statements', async () => {
  const { ctx, team } = server
  const posts: PostRow[] = []
  for (let n = 0; n < 40; n += 1) posts.push(await accept(team, profile, { mediaUrl: good }))
  let statements = 0
  const counted: KyselyPlugin = {
    transformQuery(asked) {
      statements += 1
      return asked.node
    },
    transformResult: (answered) => Promise.resolve(answered.result),
  }
  await prepareTogether({ ...ctx, db: ctx.db.withPlugin(counted) }, posts)
  for (const post of posts) assert.equal((await postNow(ctx, post)).status, 'queued')
  // An inspection ends by itself, and with it at least its post: three statements each, at the worst.
  assert.ok(statements <= 3.5 * posts.length, `${statements} statements`)
})
