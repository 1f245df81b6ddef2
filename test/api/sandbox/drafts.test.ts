import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testCroft, testTeam, type TestCroft } from '../../support/croft.ts'
import { startMediaServer } from '../../support/media-server.ts'
import { accept, postNow } from '../../support/posts.ts'
import { readyProfile } from '../../support/ready-profile.ts'
import { until } from '../../support/wait.ts'

/** Asks for a page with a key, or none. */
const page = async ({ address }: TestCroft, path: string, key?: string) => {
  const response = await fetch(address + path, { headers: key === undefined ? {} : { authorization: `Bearer ${key}` } })
  return { status: response.status, text: await response.text() }
}

/** A draft, saved in the sandbox. @returns the paths of its account's page and of its own */
async function savedDraft(croft: TestCroft, mediaUrl: string): Promise<[profile: string, post: string]> {
  const profile = await readyProfile(croft.ctx, croft.team)
  const post = await accept(croft.team, profile, { mediaUrl, isLive: false, title: 'Not out yet' })
  await until(async () => (await postNow(croft.ctx, post)).status === 'draft_saved', { timeoutMs: 30_000, what: 'the draft' })
  const row = await croft.ctx.db.selectFrom('sandbox_posts').select('id').where('ref', '=', post.id).executeTakeFirstOrThrow()
  return [`/sandbox/@${profile.username}`, `/sandbox/@${profile.username}/video/${row.id}`]
}

test('drafts are shown to a key of their team, and to nobody else', async (t) => {
  const media = await startMediaServer()
  t.after(() => media.stop())
  const croft = await testCroft()
  t.after(() => croft.stop())
  const paths = await savedDraft(croft, media.url('sample.mp4'))
  const stranger = await testTeam(croft.ctx, 'stranger')
  const reader = await testTeam(croft.ctx, 'test', 'read')
  for (const key of [undefined, stranger.key]) {
    const [profile, post] = await Promise.all(paths.map((path) => page(croft, path, key)))
    assert.equal(profile?.status, 200)
    assert.doesNotMatch(profile.text, /Not out yet|Draft/)
    assert.equal(post?.status, 404)
    assert.doesNotMatch(post.text, /Not out yet/)
  }
  for (const path of paths) {
    assert.match((await page(croft, path, reader.key)).text, /Not out yet/)
    assert.equal((await page(croft, path, `${croft.key}x`)).status, 401)
  }
})

test('settings show drafts to everyone, or take the pages away', async (t) => {
  const media = await startMediaServer()
  t.after(() => media.stop())
  const open = await testCroft({ settings: { CROFT_SANDBOX_DRAFTS: 'public' } })
  t.after(() => open.stop())
  for (const path of await savedDraft(open, media.url('sample.mp4'))) assert.match((await page(open, path)).text, /Not out yet/)
  const closed = await testCroft({ work: false, settings: { CROFT_SANDBOX_PAGES: 'off' } })
  t.after(() => closed.stop())
  for (const path of ['/sandbox', '/sandbox/@anyone', '/sandbox/instagram/@anyone/video/1'])
    assert.equal((await page(closed, path)).status, 404)
})
