import assert from 'node:assert/strict'
import { test } from 'node:test'
import { getProfile } from '../../../src/domain/profiles/get.ts'
import { drive } from '../../support/drive.ts'
import { carryOut } from '../../support/ready-profile.ts'
import { accountsCroft, bodyOf, dayMs } from './support.ts'

const { croft, clock, ready, profile, warming, patch, account } = accountsCroft()
type Item = Record<string, unknown>
const itemsOf = async (path: string) => bodyOf(await croft().request('GET', path))['items'] as Item[]
const edits = (id: string) => itemsOf(`/v1/tasks?profile_id=${id}&kind=profile_edit`)
const page = async (username: string) => String((await croft().request('GET', `/sandbox/instagram/@${username}`)).body)
const fault = (id: string, kind: string, times = 1) =>
  croft().request('POST', '/v1/sandbox/faults', { profile_id: id, call: 'edit_profile', fault: kind, times })
const stored = (id: string) => getProfile(croft().ctx.db, croft().team.id, id)
const failures = async (id: string) =>
  (await croft().ctx.db.selectFrom('events').select('data').where('type', '=', 'profile.edit_failed').orderBy('seq').execute())
    .map(({ data }) => data as Item)
    .filter((data) => data['profile_id'] === id)

test('later edits fold into the one that waits; the page of the sandbox then shows them all', async () => {
  const row = await ready('instagram')
  const { id } = row
  await patch(id, { platform: 'instagram', name: 'Vela <b>', bio: 'first' })
  await patch(id, { platform: 'instagram', bio: 'second' })
  await croft().request('PATCH', `/v1/farm-profiles/${id}`, { bio: 'third' })
  await patch(id, { platform: 'instagram', username: 'vela.new' })
  assert.equal((await edits(id)).length, 1)
  assert.ok(!(await page(row.username)).includes('third'))
  await carryOut(croft().ctx, row)
  const shown = await page('vela.new')
  assert.ok(shown.includes('third') && shown.includes('Vela &lt;b&gt;') && !shown.includes('second'))
  assert.deepEqual(
    (await edits(id)).map(({ status }) => status),
    ['done'],
  )
  await patch(id, { platform: 'instagram', bio: 'fourth' })
  assert.deepEqual(
    (await edits(id)).map(({ status }) => status),
    ['queued', 'done'],
  )
})

test('what the platform refuses for good shows on the task, the timeline and as an event, and stays stored', async () => {
  const row = await ready('instagram')
  const { id } = row
  await fault(id, 'refuse_for_good')
  await patch(id, { platform: 'instagram', name: 'New name', bio: 'New bio' })
  await carryOut(croft().ctx, row)
  const [task] = await edits(id)
  assert.equal(task?.['status'], 'failed')
  assert.deepEqual(task['failure'], {
    code: 'refused_by_platform',
    message: 'The sandbox refused this permanently, as configured.',
    reasons: [
      { code: 'not_applied', message: 'The stored name is not what the platform shows.' },
      { code: 'not_applied', message: 'The stored bio is not what the platform shows.' },
    ],
  })
  const [line] = await itemsOf(`/v1/farm-profiles/${id}/timeline`)
  assert.deepEqual([line?.['kind'], line?.['to'], line?.['task_id']], ['edit', 'not_applied', task['task_id']])
  assert.deepEqual(
    (await failures(id)).map(({ fields }) => fields),
    [['name', 'bio']],
  )
  assert.deepEqual((await stored(id)).not_applied, ['bio', 'name'])
  assert.deepEqual([(await account(id))['name'], (await account(id))['bio']], ['New name', 'New bio'])

  // The same value again is another try of it, and its success takes the mark away.
  await patch(id, { platform: 'instagram', bio: 'New bio' })
  await carryOut(croft().ctx, row)
  assert.deepEqual((await stored(id)).not_applied, ['name'])
  assert.ok((await page(row.username)).includes('New bio'))
})

test('a name that the platform refused is not spent', async () => {
  const row = await ready('instagram')
  const { id } = row
  await fault(id, 'refuse_for_good')
  await patch(id, { platform: 'instagram', name: 'Refused' })
  assert.equal((await patch(id, { platform: 'instagram', name: 'Another' })).status, 429)
  await carryOut(croft().ctx, row)
  assert.equal((await account(id))['nextNameChangeAllowed'], null)
  const next = await patch(id, { platform: 'instagram', name: 'Another' })
  assert.deepEqual(
    [next.status, bodyOf(next)['nextNameChangeAllowed']],
    [200, new Date(clock.now().getTime() + 14 * dayMs).toISOString()],
  )
  await carryOut(croft().ctx, row)
  assert.deepEqual((await stored(id)).not_applied, [])
  assert.ok((await page(row.username)).includes('Another'))
})

test('the same refused name again is tried again, and starts its cooldown', async () => {
  const row = await ready('instagram')
  await fault(row.id, 'refuse_for_good')
  await patch(row.id, { platform: 'instagram', name: 'Stubborn' })
  await carryOut(croft().ctx, row)
  assert.equal((await patch(row.id, { platform: 'instagram', name: 'Stubborn' })).status, 200)
  assert.equal((await patch(row.id, { platform: 'instagram', name: 'Other' })).status, 429)
  await carryOut(croft().ctx, row)
  assert.ok((await page(row.username)).includes('Stubborn'))
})

test('a refusal for now is tried again; an edit that comes meanwhile folds in and goes at once', async () => {
  const row = await ready('instagram')
  await fault(row.id, 'refuse', 2)
  await patch(row.id, { platform: 'instagram', bio: 'one' })
  await carryOut(croft().ctx, row)
  assert.deepEqual(
    (await edits(row.id)).map(({ status, tries }) => [status, tries]),
    [['queued', 1]],
  )
  await patch(row.id, { platform: 'instagram', name: 'Folded' })
  await drive(croft().ctx, clock, row, async () => (await edits(row.id))[0]?.['status'] === 'done')
  assert.equal((await edits(row.id)).length, 1)
  const shown = await page(row.username)
  assert.ok(shown.includes('one') && shown.includes('Folded'))
})

test('an answer that was lost is asked for again, and the edit is done once more', async () => {
  const row = await ready('instagram')
  await fault(row.id, 'lose_answer')
  await patch(row.id, { platform: 'instagram', bio: 'kept' })
  await drive(croft().ctx, clock, row, async () => (await edits(row.id))[0]?.['status'] === 'done')
  assert.deepEqual((await stored(row.id)).not_applied, [])
  assert.ok((await page(row.username)).includes('kept'))
})

test('values given before the set-up are shown from the first day on; an edit during a run waits for its end', async () => {
  const early = await profile('instagram')
  await patch(early.id, { platform: 'instagram', name: 'From the start' })
  await carryOut(croft().ctx, early)
  assert.ok((await page(early.username)).includes('From the start'))

  const row = await warming('instagram')
  await patch(row.id, { platform: 'instagram', bio: 'during the run' })
  await carryOut(croft().ctx, row)
  assert.equal((await edits(row.id))[0]?.['status'], 'queued')
  clock.forward(croft().ctx.warmupDefaults.sessionMs)
  await carryOut(croft().ctx, row)
  assert.ok((await page(row.username)).includes('during the run'))
})

test('deactivating calls the edit off', async () => {
  const row = await ready('instagram')
  await patch(row.id, { platform: 'instagram', bio: 'never' })
  await croft().request('POST', `/v1/farm-profiles/${row.id}/deactivate`)
  assert.deepEqual(
    (await edits(row.id)).map(({ status }) => status),
    ['canceled'],
  )
})
