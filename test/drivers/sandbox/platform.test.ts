import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { sql } from 'kysely'
import * as calls from '../../../src/drivers/sandbox/platform/index.ts'
import { until } from '../../support/wait.ts'
import { posts, testSandbox } from './sandbox.ts'
import { stepsInMemory } from './steps.ts'

const { noLimit } = calls
const publish = (platform: calls.SandboxPlatform, ...asked: Parameters<calls.Publish>) =>
  calls.publishTogether(platform)(...asked)

async function withUpload(t: TestContext) {
  const sandbox = await testSandbox(t)
  const { platform, profile, clock } = sandbox
  const { username, displayName, bio, pictureUrl } = profile
  await calls.signIn(
    platform,
    {
      session: profile.id,
      platform: 'tiktok',
      username,
      displayName,
      bio,
      pictureUrl,
      set: { name: true, bio: true, picture: true },
    },
    noLimit,
  )
  const media = { urls: ['https://croft.test/media/a'], width: 9, height: 16 }
  const uploadId = (await calls.uploadTogether(platform)({ session: profile.id, kind: 'video', media })) ?? ''
  const input = { uploadId, ref: 'a', draft: false, title: 't', description: 'd', soundId: 's' }
  return { ...sandbox, uploadId, input, how: { limit: noLimit, visibleFrom: clock.now() } }
}

const late: calls.Limit = {
  check: () => {
    throw new calls.NoAnswer('late')
  },
}

test('the platform publishes as often as it is asked: at most once is Croft’s duty', async (t) => {
  const { db, platform, input, how } = await withUpload(t)
  await publish(platform, input, how)
  await publish(platform, input, how)
  assert.equal((await posts(db)).length, 2)
  assert.equal((await calls.findByRef(platform, 'a')).length, 2)
})

test('a call whose caller has stopped waiting commits nothing', async (t) => {
  const { db, platform, profile, input, uploadId, how } = await withUpload(t)
  await assert.rejects(publish(platform, input, { ...how, limit: late }), calls.NoAnswer)
  assert.deepEqual(await calls.uploadState(platform, uploadId), { published: null })
  const draft = await publish(platform, { ...input, draft: true }, how)
  await assert.rejects(calls.releaseDraft(platform, draft.id, { ...how, limit: late }), calls.NoAnswer)
  assert.equal((await calls.postState(platform, draft.id))?.draft, true)
  const accountId = (await calls.signedIn(platform, profile.id)) ?? ''
  await assert.rejects(calls.setProfile(platform, accountId, { bio: 'late' }, late), calls.NoAnswer)
  assert.equal((await db.selectFrom('sandbox_accounts').select('bio').executeTakeFirst())?.bio, profile.bio)
})

test('asked while a publish is under way, the upload answers after it', async (t) => {
  const { db, driver, profile, post, uploadId } = await withUpload(t)
  const { step, recall } = stepsInMemory()
  await step('upload', () => Promise.resolve(uploadId))
  // Another connection is in the middle of it, as the call of a process that was cut off would be.
  const asked = await db.transaction().execute(async (trx) => {
    await sql`select from sandbox_uploads where id = ${uploadId} for update`.execute(trx)
    const answer = driver.reconcile(profile, post, recall)
    const waits = async () => {
      const { rows } = await sql`select from pg_locks l join pg_database d on d.oid = l.database or l.database is null
        join pg_stat_activity a on a.pid = l.pid and a.datname = current_database() where not l.granted`.execute(db)
      return rows.length > 0
    }
    await until(waits, { what: 'that the question waits' })
    await sql`
      insert into sandbox_posts (id, account_id, upload_id, ref, kind, media, title, description, sound_id, created_at, live_at, visible_from)
      select '7000000000000000001', account_id, id, 'a', kind, media, '', '', '', created_at, created_at, created_at
      from sandbox_uploads where id = ${uploadId}`.execute(trx)
    return { answer }
  })
  const found = await asked.answer
  assert.ok(found.is === 'published')
  assert.equal(found.done.platformPostId, '7000000000000000001')
})

test('a draft goes live once', async (t) => {
  const { platform, input, how } = await withUpload(t)
  const draft = await publish(platform, { ...input, draft: true }, how)
  const live = await calls.releaseDraft(platform, draft.id, how)
  assert.deepEqual([draft.path, live.path], [null, `/sandbox/@vela.bakery/video/${draft.id}`])
  await assert.rejects(
    calls.releaseDraft(platform, draft.id, how),
    (error) => error instanceof calls.Refusal && error.refused.code === 'already_live',
  )
})

test('an upload that does not exist cannot be published', async (t) => {
  const { platform, input, how } = await withUpload(t)
  const nothing = { ...input, uploadId: '7000000000000000000' }
  await assert.rejects(
    publish(platform, nothing, how),
    (error) => error instanceof calls.Refusal && error.refused.code === 'upload_not_found',
  )
  assert.equal(await calls.uploadState(platform, nothing.uploadId), null)
  assert.equal(await calls.postState(platform, nothing.uploadId), null)
})
