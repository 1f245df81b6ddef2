import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import fastify from 'fastify'
import type { Drafts } from '../../../src/api/sandbox/drafts.ts'
import { sandboxPages } from '../../../src/api/sandbox/index.ts'
import { forgetForMs } from '../../../src/drivers/sandbox/call.ts'
import { newId } from '../../../src/lib/ids.ts'
import { testSandbox } from '../../drivers/sandbox/sandbox.ts'
import { stepsInMemory } from '../../drivers/sandbox/steps.ts'

const everyDraft: Drafts = () => Promise.resolve((drafts) => Promise.resolve([...drafts]))

async function pages(t: TestContext) {
  const sandbox = await testSandbox(t)
  const app = fastify()
  await app.register(sandboxPages, { ...sandbox.platform, drafts: everyDraft })
  t.after(() => app.close())
  const get = async (url: string) => {
    const answer = await app.inject({ method: 'GET', url })
    return { status: answer.statusCode, text: answer.body, headers: answer.headers }
  }
  const publish = async (values: Partial<typeof sandbox.post> = {}, profile = sandbox.profile) => {
    const outcome = await sandbox.driver.publish(profile, { ...sandbox.post, ...values }, stepsInMemory().step)
    assert.ok('done' in outcome)
    return outcome.done.platformPostId
  }
  return { ...sandbox, get, publish }
}

test('with nobody signed in, the list says what to do', async (t) => {
  const { get } = await pages(t)
  const { status, text, headers } = await get('/sandbox')
  assert.equal(status, 200)
  assert.equal(headers['content-type'], 'text/html; charset=utf-8')
  assert.match(text, /No account is here yet/)
  assert.match(text, /POST \/v1\/farm-profiles/)
})

test('the list shows both platforms, with the number of live posts', async (t) => {
  const { get, publish, profile, driver } = await pages(t)
  await publish()
  await publish()
  await publish({ isLive: false })
  await driver.setUp({ ...profile, id: newId(), platform: 'instagram' }, [], stepsInMemory().step)
  const { text } = await get('/sandbox')
  assert.match(text, /href="\/sandbox\/@vela\.bakery"[^]*2 posts[^]*TikTok/)
  assert.match(text, /href="\/sandbox\/instagram\/@vela\.bakery"[^]*0 posts[^]*Instagram/)
})

test('a profile links every post, and its drafts apart', async (t) => {
  const { get, publish } = await pages(t)
  const live = [await publish(), await publish()]
  const draft = await publish({ isLive: false })
  const { status, text } = await get('/sandbox/@Vela.Bakery')
  assert.equal(status, 200)
  const [posts = '', drafts = ''] = text.split('Drafts, seen by the owner alone')
  for (const id of live) assert.ok(posts.includes(`href="/sandbox/@vela.bakery/video/${id}"`))
  assert.ok(!posts.includes(draft) && drafts.includes(`href="/sandbox/@vela.bakery/video/${draft}"`))
  assert.ok(text.includes('Bread before dawn') && text.includes('Vela Bakery'))
})

test('older posts stand on the next page', async (t) => {
  const { get, publish, clock } = await pages(t)
  const ids: string[] = []
  for (let i = 0; i < 62; i++) {
    ids.push(await publish())
    clock.forward(1000)
  }
  const first = (await get('/sandbox/@vela.bakery')).text
  const more = /href="([^"]+\?before=\d+)"/.exec(first)?.[1] ?? ''
  const second = (await get(more)).text
  const linked = (text: string) => [...text.matchAll(/video\/(\d{19})"/g)].map((match) => match[1] ?? '')
  assert.deepEqual([...linked(first), ...linked(second)], ids.reverse())
  assert.ok(!second.includes('?before='))
})

test('a video can be played, and tells its words, sound and time', async (t) => {
  const { get, publish } = await pages(t)
  const { status, text, headers } = await get(`/sandbox/@vela.bakery/video/${await publish()}`)
  assert.equal(status, 200)
  assert.match(text, /<video\s+src="https:\/\/croft\.test\/media\/a"\s+width="1080" height="1920"\s+controls\s+playsinline/)
  for (const says of ['Rye', 'Three days of patience', '7100000000000000000', '21 November 2026 at 10:00 UTC'])
    assert.ok(text.includes(says), says)
  const policy = String(headers['content-security-policy'])
  assert.match(policy, /^default-src 'none'; .*media-src 'self' https:\/\/croft\.test;/)
  const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1] ?? ''
  assert.ok(text.includes(`<script nonce="${nonce}">`) && !policy.includes('unsafe'))
})

test("slides stand in their order; Instagram's are under its own path alone", async (t) => {
  const { get, publish, profile } = await pages(t)
  const mediaUrls = ['https://croft.test/1', 'https://croft.test/2', 'https://croft.test/3']
  const id = await publish({ mediaType: 'slideshow', mediaUrls }, { ...profile, platform: 'instagram' })
  const { text } = await get(`/sandbox/instagram/@vela.bakery/video/${id}`)
  assert.deepEqual(
    [...text.matchAll(/<img[^>]+src="([^"]+)"[^>]+alt="Slide/g)].map((match) => match[1]),
    mediaUrls,
  )
  assert.match((await get('/sandbox/instagram/@vela.bakery')).text, /3 slides/)
  assert.equal((await get(`/sandbox/@vela.bakery/video/${id}`)).status, 404)
})

test('a draft is marked as one', async (t) => {
  const { get, publish } = await pages(t)
  const { text } = await get(`/sandbox/@vela.bakery/video/${await publish({ isLive: false })}`)
  assert.match(text, /Draft/)
  assert.match(text, /<dt>Saved<\/dt>/)
})

const hostile = `"><script>alert('x')</script>& مرحبا 👩‍🍳`

test('hostile names and words are text, on every page', async (t) => {
  const { get, publish, profile } = await pages(t)
  const odd = {
    ...profile,
    username: `<b>"'&/?#`,
    displayName: hostile,
    bio: hostile,
    pictureUrl: `https://croft.test/"><script>`,
  }
  const mediaUrls = [`https://croft.test;script-src 'unsafe-inline'/"><script>`, 'javascript:alert(1)']
  const id = await publish({ title: hostile, description: hostile, soundId: hostile, mediaUrls }, odd)
  const path = `/sandbox/@${encodeURIComponent(odd.username)}`
  for (const url of ['/sandbox', path, `${path}/video/${id}`]) {
    const { status, text, headers } = await get(url)
    assert.equal(status, 200)
    assert.equal(text.match(/<script/g)?.length, text.match(/<script nonce="/g)?.length, url)
    for (const raw of ['<script>', '"><script', `<b>"`, `alert('x')`, `'&/`]) assert.ok(!text.includes(raw), `${url}: ${raw}`)
    assert.ok(text.includes('مرحبا 👩‍🍳'), url)
    assert.ok(!String(headers['content-security-policy']).includes('unsafe'), url)
  }
})

test('right-to-left words take their own direction', async (t) => {
  const { get, publish } = await pages(t)
  const { text } = await get(`/sandbox/@vela.bakery/video/${await publish({ title: 'خبز', description: 'כיכר' })}`)
  assert.match(text, /<h1 dir="auto">خبز<\/h1>/)
  assert.match(text, /<p class="text" dir="auto">כיכר<\/p>/)
})

test('an address from before a change of handle leads to the post', async (t) => {
  const { get, publish, profile, driver } = await pages(t)
  const id = await publish()
  await driver.editProfile({ ...profile, username: 'vela' }, ['username'], stepsInMemory().step)
  const { status, headers } = await get(`/sandbox/@vela.bakery/video/${id}`)
  assert.deepEqual([status, headers.location], [302, `/sandbox/@vela/video/${id}`])
  assert.equal((await get('/sandbox/@vela.bakery')).status, 404)
})

test('a forgotten post shows only after a while', async (t) => {
  const { get, publish, clock, fault } = await pages(t)
  await fault('publish', 'forget')
  const id = await publish()
  assert.equal((await get(`/sandbox/@vela.bakery/video/${id}`)).status, 404)
  assert.ok(!(await get('/sandbox/@vela.bakery')).text.includes(id))
  clock.forward(forgetForMs)
  assert.equal((await get(`/sandbox/@vela.bakery/video/${id}`)).status, 200)
  assert.ok((await get('/sandbox/@vela.bakery')).text.includes(id))
})

test('what is not there is 404, in HTML that says what to do', async (t) => {
  const { get, publish } = await pages(t)
  await publish()
  for (const [url, says] of [
    ['/sandbox/@nobody', /No such account/],
    ['/sandbox/@no%00body', /No such account/],
    ['/sandbox/instagram/@vela.bakery', /No such account/],
    ['/sandbox/@vela.bakery/video/7000000000000000000', /No such post/],
    ['/sandbox/@vela.bakery/video/%27', /No such post/],
    ['/sandbox/@vela.bakery/photos', /Nothing is here/],
    ['/sandbox/nothing', /Nothing is here/],
  ] as const) {
    const { status, text, headers } = await get(url)
    assert.equal(status, 404, url)
    assert.equal(headers['content-type'], 'text/html; charset=utf-8')
    assert.match(text, says, url)
    assert.match(text, /href="\/sandbox"/)
  }
  assert.equal((await get('/sandbox/@vela.bakery?before=x')).status, 200)
})
