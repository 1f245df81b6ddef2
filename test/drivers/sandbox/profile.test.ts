import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from '../../../src/lib/ids.ts'
import { account, testSandbox } from './sandbox.ts'
import { stepsInMemory } from './steps.ts'

const session = { lengthMs: 900_000 }

test('set-up signs the profile in with its values, on a phone of its own', async (t) => {
  const { db, driver, profile } = await testSandbox(t)
  assert.deepEqual(await driver.setUp(profile, ['name', 'bio'], stepsInMemory().step), {
    done: { phoneName: 'sandbox phone of @vela.bakery', found: { displayName: 'Vela Bakery', bio: 'Bread before dawn' } },
  })
  const row = await account(db, 'vela.bakery')
  assert.deepEqual(
    [row?.session, row?.display_name, row?.bio, row?.picture_url],
    [profile.id, 'Vela Bakery', 'Bread before dawn', null],
  )
})

test('set-up leaves what it was not asked to set, and reports it', async (t) => {
  const { db, driver, profile } = await testSandbox(t)
  await driver.setUp(profile, ['name', 'bio'], stepsInMemory().step)
  const again = { ...profile, id: newId(), displayName: profile.username, bio: null, pictureUrl: 'https://croft.test/media/p' }
  const outcome = await driver.setUp(again, ['picture'], stepsInMemory().step)
  assert.ok('done' in outcome)
  assert.deepEqual(outcome.done.found, { displayName: 'Vela Bakery', bio: 'Bread before dawn' })
  const row = await account(db, 'vela.bakery')
  assert.deepEqual(
    [row?.session, row?.display_name, row?.bio, row?.picture_url],
    [again.id, 'Vela Bakery', 'Bread before dawn', 'https://croft.test/media/p'],
  )
})

test('a warm-up begins, sleeps for its session and is done, over restarts too', async (t) => {
  const { clock, driver, profile } = await testSandbox(t)
  const { step, ran } = stepsInMemory()
  const until = new Date(clock.now().getTime() + session.lengthMs)
  assert.deepEqual(await driver.warmUp(profile, session, step), { wait: { until } })
  clock.forward(session.lengthMs - 1)
  assert.deepEqual(await driver.warmUp(profile, session, step), { wait: { until } })
  clock.forward(1)
  assert.ok('done' in (await driver.warmUp(profile, session, step)))
  assert.deepEqual(ran, ['begin'])
})

test('an edit changes the named fields and no others', async (t) => {
  const { db, driver, profile } = await testSandbox(t)
  await driver.setUp(profile, ['name', 'bio'], stepsInMemory().step)
  const next = { ...profile, displayName: 'Vela', bio: null, pictureUrl: 'https://croft.test/media/p' }
  assert.deepEqual(await driver.editProfile(next, ['bio', 'picture'], stepsInMemory().step), {
    done: { fields: ['bio', 'picture'] },
  })
  const row = await account(db, 'vela.bakery')
  assert.deepEqual([row?.display_name, row?.bio, row?.picture_url], ['Vela Bakery', null, 'https://croft.test/media/p'])
})

test('a new handle takes the posts along; a taken one is refused whole', async (t) => {
  const { db, driver, profile, post } = await testSandbox(t)
  await driver.publish(profile, post, stepsInMemory().step)
  await driver.setUp({ ...profile, id: newId(), username: 'Taken' }, ['name', 'bio'], stepsInMemory().step)
  const refused = await driver.editProfile(
    { ...profile, username: 'tAKEN', bio: 'new' },
    ['username', 'bio'],
    stepsInMemory().step,
  )
  assert.ok('failed' in refused)
  assert.deepEqual([refused.failed.code, refused.failed.retryable, refused.failed.who], ['username_taken', false, 'owner'])
  assert.equal((await account(db, 'vela.bakery'))?.bio, 'Bread before dawn')

  assert.ok('done' in (await driver.editProfile({ ...profile, username: 'vela' }, ['username'], stepsInMemory().step)))
  const row = await account(db, 'vela')
  const kept = await db
    .selectFrom('sandbox_posts')
    .select('ref')
    .where('account_id', '=', row?.id ?? '')
    .execute()
  assert.deepEqual(kept, [{ ref: post.id }])
  const again = await driver.publish({ ...profile, username: 'vela' }, post, stepsInMemory().step)
  assert.ok('done' in again && again.done.url?.includes('/@vela/video/'))
})

test('whoever signs in to a handle later has its posts and the session', async (t) => {
  const { db, driver, profile, post } = await testSandbox(t)
  await driver.publish(profile, post, stepsInMemory().step)
  const later = {
    ...profile,
    teamId: '019a0000-0000-7000-8000-000000000001',
    id: '019a0000-0000-7000-8000-000000000002',
    username: 'Vela.Bakery',
  }
  await driver.setUp(later, ['name', 'bio'], stepsInMemory().step)
  assert.equal((await account(db, 'Vela.Bakery'))?.session, later.id)
  assert.equal((await db.selectFrom('sandbox_accounts').select('id').execute()).length, 1)
})

type Try = (
  sandbox: Awaited<ReturnType<typeof testSandbox>>,
  driver: 'driver' | 'hasty',
  steps: ReturnType<typeof stepsInMemory>,
) => Promise<object>
const calls: Record<'sign_in' | 'warm_up' | 'edit_profile', Try> = {
  sign_in: (s, d, { step }) => s[d].setUp(s.profile, [], step),
  warm_up: (s, d, { step }) => s[d].warmUp(s.profile, { lengthMs: 0 }, step),
  edit_profile: (s, d, { step }) => s[d].editProfile(s.profile, ['bio'], step),
}

for (const [call, work] of Object.entries(calls) as [keyof typeof calls, Try][]) {
  for (const fault of ['refuse', 'refuse_for_good'] as const) {
    test(`${call}, ${fault}: failed with the reason, and the same run can be tried again`, async (t) => {
      const sandbox = await testSandbox(t)
      const steps = stepsInMemory()
      await sandbox.fault(call, fault)
      const outcome = await work(sandbox, 'driver', steps)
      assert.ok('failed' in outcome)
      assert.deepEqual(
        { ...(outcome.failed as object), message: '' },
        { code: 'refused_by_platform', message: '', retryable: fault === 'refuse', who: 'platform' },
      )
      assert.equal(await account(sandbox.db, 'vela.bakery'), undefined)
      assert.ok('done' in (await work(sandbox, 'driver', steps)))
    })
  }
  for (const fault of ['hang', 'commit_then_hang', 'lose_answer'] as const) {
    test(`${call}, ${fault}: thrown, and the next try succeeds`, async (t) => {
      const sandbox = await testSandbox(t)
      const steps = stepsInMemory()
      await sandbox.fault(call, fault)
      await assert.rejects(work(sandbox, 'hasty', steps), fault === 'lose_answer' ? /connection/ : /did not answer/)
      const committed = fault !== 'hang' && call !== 'warm_up'
      assert.equal((await account(sandbox.db, 'vela.bakery')) !== undefined, committed)
      assert.ok('done' in (await work(sandbox, 'driver', steps)))
    })
  }
}
