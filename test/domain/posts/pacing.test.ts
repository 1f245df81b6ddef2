import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CroftError } from '../../../src/kernel/errors.ts'
import { nextFreeTime } from '../../../src/domain/posts/pacing.ts'
import { setPacing, type Pacing } from '../../../src/domain/profiles/pacing.ts'
import { standingClock } from '../../support/clock.ts'
import { testCroft } from '../../support/croft.ts'
import { accept } from '../../support/posts.ts'
import { readyProfile } from '../../support/ready-profile.ts'

const hour = 3_600_000
const day = 24 * hour
// Whole hours, so that a search hour by hour finds every edge.
const hours = fc.integer({ min: 0, max: 120 }).map((n) => n * hour)
const pacings = fc.record<Pacing>({
  maxPerDay: fc.option(fc.integer({ min: 1, max: 4 })),
  minGapMs: fc.option(fc.integer({ min: 1, max: 30 }).map((n) => n * hour)),
})

/** Whether a post at this time breaks the pacing, as one would check it on paper. */
function breaks(dues: number[], at: number, { maxPerDay, minGapMs }: Pacing): boolean {
  if (minGapMs !== null && dues.some((due) => Math.abs(due - at) < minGapMs)) return true
  if (maxPerDay === null) return false
  const all = [...dues, at]
  const fullest = all.map((from) =>
    from > at || from + day <= at ? 0 : all.filter((due) => due >= from && due < from + day).length,
  )
  return Math.max(...fullest) > maxPerDay
}

test('the next free time keeps to the pacing, and no earlier one does', () => {
  fc.assert(
    fc.property(fc.array(hours, { maxLength: 12 }), hours, pacings, (dues, at, pacing) => {
      const free = nextFreeTime(dues, at, pacing)
      assert.ok(free >= at)
      assert.equal(breaks(dues, free, pacing), false)
      for (let earlier = at; earlier < free; earlier += hour) assert.equal(breaks(dues, earlier, pacing), true)
    }),
    { numRuns: 500 },
  )
})

test('a day that was too full before the pacing was switched on does not stand in the way of others', () => {
  const full = [0, hour, 2 * hour, 3 * hour]
  assert.equal(nextFreeTime(full, 10 * day, { maxPerDay: 1, minGapMs: null }), 10 * day)
})

test('of twenty posts at once only as many are accepted as a day takes, and the others hear of the next free time', async (t) => {
  const clock = standingClock()
  const server = await testCroft({ work: false, substitutes: { clock } })
  t.after(() => server.stop())
  const { ctx, team } = server
  const profile = await readyProfile(ctx, team)
  await setPacing(team.unit, profile.id, { maxPerDay: 3, minGapMs: null })
  const ends = await Promise.allSettled(Array.from({ length: 20 }, () => accept(team, profile)))
  assert.equal(ends.filter((end) => end.status === 'fulfilled').length, 3)
  for (const end of ends) {
    if (end.status === 'fulfilled') continue
    assert.ok(end.reason instanceof CroftError)
    assert.equal(end.reason.code, 'cadence_exceeded')
    assert.equal(end.reason.extra['next_free_execute_at'], clock.now().getTime() + day)
  }
  await accept(team, profile, { executeAt: clock.now().getTime() + day })
})

test('a retry and a draft that goes live keep to the pacing too', async (t) => {
  const clock = standingClock()
  const server = await testCroft({ work: false, substitutes: { clock } })
  t.after(() => server.stop())
  const { ctx, team, request } = server
  const profile = await readyProfile(ctx, team)
  const [failed, draft] = [await accept(team, profile), await accept(team, profile, { isLive: false })]
  await ctx.db.updateTable('posts').set({ status: 'failed' }).where('id', '=', failed.id).execute()
  await ctx.db.updateTable('tasks').set({ status: 'failed' }).where('id', '=', failed.id).execute()
  await ctx.db.updateTable('posts').set({ status: 'draft_saved' }).where('id', '=', draft.id).execute()
  await ctx.db.updateTable('tasks').set({ status: 'done' }).where('id', '=', draft.id).execute()
  await setPacing(team.unit, profile.id, { maxPerDay: 1, minGapMs: null })
  clock.forward(12 * hour)
  assert.equal((await request('POST', `/v1/posts/${failed.id}/retry`)).status, 409)
  clock.forward(12 * hour)
  assert.equal((await request('POST', `/v1/posts/${draft.id}/publish`)).status, 200)
  const again = await request('POST', `/v1/posts/${failed.id}/retry`)
  assert.equal((again.body as { error: { code: string } }).error.code, 'cadence_exceeded')
})
