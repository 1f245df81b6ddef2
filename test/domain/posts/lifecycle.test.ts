import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CroftError } from '../../../src/kernel/errors.ts'
import { getPost } from '../../../src/domain/posts/get.ts'
import { nextPostStatus, postLifecycle, type PostEvent } from '../../../src/domain/posts/lifecycle.ts'
import { movePost } from '../../../src/domain/posts/move.ts'
import type { PostStatus, TaskStatus } from '../../../src/db/schema.ts'
import { testCroft } from '../../support/croft.ts'
import { accept } from '../../support/posts.ts'
import { readyProfile } from '../../support/ready-profile.ts'

// The spec's table of the post's status; PATCH brings a queued post back to scheduled, or with new media to preparing.
const allowed: Record<PostStatus, PostStatus[]> = {
  preparing: ['scheduled', 'queued', 'failed', 'canceled'],
  scheduled: ['queued', 'canceled', 'preparing'],
  queued: ['publishing', 'waiting_for_operator', 'canceled', 'preparing', 'scheduled'],
  publishing: ['published', 'draft_saved', 'failed', 'unconfirmed', 'queued'],
  waiting_for_operator: ['published', 'draft_saved', 'failed', 'unconfirmed', 'queued'],
  published: [],
  draft_saved: ['queued', 'canceled'],
  failed: ['preparing'],
  unconfirmed: ['published', 'failed'],
  canceled: [],
}
const statuses = Object.keys(allowed) as PostStatus[]
const events = Object.keys(postLifecycle) as PostEvent[]
const over: PostStatus[] = ['published', 'draft_saved', 'failed', 'unconfirmed', 'canceled']
const underWay: TaskStatus[] = ['running', 'waiting']

test('a post can go where the spec says, and nowhere else', () => {
  for (const from of statuses) {
    const reached = new Set(events.map((event) => nextPostStatus(from, event)).filter((to) => to !== null))
    assert.deepEqual([...reached].sort(), [...allowed[from]].sort(), `from ${from}`)
  }
})

test('every move goes through the database and takes the task along, or is refused with the status', async (t) => {
  const server = await testCroft({ work: false })
  t.after(() => server.stop())
  const { ctx, team } = server
  const { id } = await accept(team, await readyProfile(ctx, team))
  for (const from of statuses) {
    for (const event of events) {
      await ctx.db.updateTable('posts').set({ status: from }).where('id', '=', id).execute()
      await ctx.db.updateTable('tasks').set({ status: 'queued' }).where('id', '=', id).execute()
      const post = await getPost(ctx.db, team.id, id)
      const moving = team.unit.commit((tx) => movePost(tx, post, event, 'a test'))
      const to = nextPostStatus(from, event)
      if (!to) {
        await assert.rejects(moving, (error: unknown) => {
          assert.ok(error instanceof CroftError)
          assert.deepEqual([error.code, error.extra['status']], ['invalid_state', from], `${from}, ${event}`)
          return true
        })
        continue
      }
      assert.equal((await moving).status, to, `${from}, ${event}`)
      const task = await ctx.db.selectFrom('tasks').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
      assert.equal(task.ended_at !== null, over.includes(to), `${to}: the task has ended`)
      const holds = to === 'publishing' || to === 'waiting_for_operator'
      assert.equal(underWay.includes(task.status), holds, `${to}: the task is under way`)
    }
  }
})

test('of two moves at once one wins, and the other hears of the state', async (t) => {
  const server = await testCroft({ work: false })
  t.after(() => server.stop())
  const { ctx, team } = server
  const { id } = await accept(team, await readyProfile(ctx, team))
  const post = await getPost(ctx.db, team.id, id)
  const move = (event: PostEvent) => team.unit.commit((tx) => movePost(tx, post, event, 'a test'))
  const ends = await Promise.allSettled([move('media_ready'), move('canceled'), move('media_rejected')])
  assert.equal(ends.filter((end) => end.status === 'fulfilled').length, 1)
  const codes = ends.filter((end) => end.status === 'rejected').map((end) => (end.reason as CroftError).code)
  assert.deepEqual(codes, ['invalid_state', 'invalid_state'])
})
