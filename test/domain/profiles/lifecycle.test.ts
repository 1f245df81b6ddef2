import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CroftError } from '../../../src/kernel/errors.ts'
import { lifecycle, nextStatus, type LifecycleEvent } from '../../../src/domain/profiles/lifecycle.ts'
import { moveProfile } from '../../../src/domain/profiles/move.ts'
import type { ProfileStatus } from '../../../src/db/schema.ts'
import { testCroft } from '../../support/croft.ts'
import { readyProfile } from '../../support/ready-profile.ts'

const statuses: ProfileStatus[] = ['configuring', 'retrying', 'cold', 'warming', 'warm', 'ready', 'failed', 'deactivated']

// The spec's sentence on the lifecycle, status by status.
const allowed: Record<ProfileStatus, ProfileStatus[]> = {
  configuring: ['retrying', 'cold', 'failed', 'ready', 'deactivated'],
  retrying: ['configuring', 'failed', 'deactivated'],
  cold: ['warming', 'deactivated'],
  warming: ['warm', 'ready', 'deactivated'],
  warm: ['warming', 'ready', 'deactivated'],
  ready: ['warming', 'deactivated'],
  failed: ['deactivated'],
  deactivated: [],
}

const events = Object.keys(lifecycle) as LifecycleEvent[]

test('a profile can go where the spec says, and nowhere else', () => {
  for (const from of statuses) {
    const reached = new Set(events.map((event) => nextStatus(from, event)).filter((to) => to !== null))
    assert.deepEqual([...reached].sort(), [...allowed[from]].sort(), `from ${from}`)
  }
})

test('an event either leads from a status to one and the same place, or is refused', () => {
  for (const event of events) {
    const led = new Set(statuses.map((from) => nextStatus(from, event)).filter((to) => to !== null))
    assert.equal(led.size, 1, `${event} leads to ${[...led].join(', ')}`)
  }
})

test('every move goes through the database, or is refused with the status', async (t) => {
  const server = await testCroft({ work: false })
  t.after(() => server.stop())
  const { ctx, team } = server
  const { id } = await readyProfile(ctx, team)
  for (const from of statuses) {
    for (const event of events) {
      await ctx.db.updateTable('profiles').set({ status: from }).where('id', '=', id).execute()
      const moving = team.unit.commit((tx) => moveProfile(tx, { id, status: from }, event, 'a test'))
      const to = nextStatus(from, event)
      if (to) {
        assert.equal((await moving).status, to, `${from}, ${event}`)
        continue
      }
      await assert.rejects(moving, (error: unknown) => {
        assert.ok(error instanceof CroftError)
        assert.deepEqual([error.code, error.extra['status']], ['invalid_state', from], `${from}, ${event}`)
        return true
      })
      const row = await ctx.db.selectFrom('profiles').select('status').where('id', '=', id).executeTakeFirstOrThrow()
      assert.equal(row.status, from)
    }
  }
})

test('of two moves at once one wins, and leaves one line and one event', async (t) => {
  const server = await testCroft({ work: false })
  t.after(() => server.stop())
  const { ctx, team } = server
  const profile = await readyProfile(ctx, team)
  const count = async () => ({
    lines: (await ctx.db.selectFrom('timeline').select('id').where('kind', '=', 'status').execute()).length,
    events: (await ctx.db.selectFrom('events').select('id').where('type', '=', 'profile.status_changed').execute()).length,
  })
  const before = await count()
  const move = (event: LifecycleEvent) => team.unit.commit((tx) => moveProfile(tx, profile, event, 'a test'))
  const ends = await Promise.allSettled([move('maintenance_started'), move('deactivated'), move('maintenance_started')])
  assert.equal(ends.filter((end) => end.status === 'fulfilled').length, 1)
  for (const end of ends) if (end.status === 'rejected') assert.equal((end.reason as CroftError).code, 'invalid_state')
  const after = await count()
  assert.deepEqual(after, { lines: before.lines + 1, events: before.events + 1 })
})
