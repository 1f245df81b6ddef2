import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { api, named, nobody, ok, postBody, refused, type Api } from '../support/client.ts'
import { accept } from '../../support/posts.ts'
import { standingClock } from '../../support/clock.ts'
import { newUsername, readyProfile } from '../../support/ready-profile.ts'

async function posting(one: Api): Promise<{ post: (changes?: object) => ReturnType<Api['ask']>; id: string }> {
  const { id } = await readyProfile(one.croft.ctx, one.croft.team)
  return { id, post: (changes = {}) => one.ask('POST', '/v1/posts', postBody(id, changes)) }
}

suite('seed page 2', () => {
  test('the answer is a task_id and nothing else; the rest has the page’s defaults', async (t) => {
    const one = await api(t)
    const { post, id } = await posting(one)
    const body = ok(await post(), 202)
    assert.deepEqual(Object.keys(body), ['task_id'])
    const shown = ok(await one.ask('GET', `/v1/posts/${String(body['task_id'])}`))
    const { task_id, created_at, updated_at, ...rest } = shown
    assert.deepEqual([task_id, created_at], [body['task_id'], updated_at])
    const { profile_id, media_type, media_url, sound_id, title, webhook_url } = postBody(id)
    assert.deepEqual(rest, {
      ...{ profile_id, media_type, media_url, sound_id, title, webhook_url },
      driver: 'sandbox',
      status: 'preparing',
      description: '',
      is_live: false,
      privacy_level: null,
      is_ai_generated: false,
      is_commercial: false,
      execute_at: null,
      media: null,
      warnings: [],
      failure: null,
      post_url: null,
      published_at: null,
    })
  })

  test('required members are required, optional ones typed, unknown ones refused', async (t) => {
    const one = await api(t)
    const { post } = await posting(one)
    const required = ['media_type', 'media_url', 'profile_id', 'sound_id', 'title', 'webhook_url']
    assert.deepEqual(named(await one.ask('POST', '/v1/posts', {})), required)
    const never = required.filter((name) => name !== 'sound_id' && name !== 'webhook_url')
    assert.deepEqual(named(await post(Object.fromEntries(required.map((name) => [name, null])))), never)
    assert.deepEqual(named(await post({ description: null, is_live: 'true', execute_at: '1' })), [
      'description',
      'execute_at',
      'is_live',
    ])
    assert.deepEqual(named(await post({ isLive: true })), ['isLive'])
    ok(await post({ execute_at: null, is_live: true, description: '' }), 202)
  })

  test('execute_at is a time to come, in milliseconds, at most two years ahead', async (t) => {
    const clock = standingClock()
    const one = await api(t, { substitutes: { clock } })
    const { post } = await posting(one)
    const now = clock.now().getTime()
    const says = async (execute_at: number): Promise<string> => {
      const answer = await post({ execute_at })
      assert.deepEqual(named(answer), ['execute_at'])
      return answer.body.error.message
    }
    assert.match(await says(now - 1), /past/)
    assert.match(await says(now), /past/)
    const seconds = Math.floor(now / 1_000) + 3_600
    assert.match(await says(seconds), new RegExp(`seconds.*milliseconds: ${seconds}000`))
    assert.match(await says(now + 3 * 366 * 86_400_000), /two years/)
    assert.match(await says(1e300), /two years/)
    assert.deepEqual(named(await post({ execute_at: now + 0.5 })), ['execute_at'])
    ok(await post({ execute_at: now + 1 }), 202)
    ok(await post({ execute_at: now + 730 * 86_400_000 }), 202)
  })

  test('lengths count code points', async (t) => {
    const one = await api(t)
    const { post } = await posting(one)
    for (const [most, changes] of [
      [2_200, {}],
      [90, { media_type: 'slideshow' }],
    ] as const) {
      ok(await post({ ...changes, title: '🥖'.repeat(most) }), 202)
      assert.deepEqual(named(await post({ ...changes, title: '🥖'.repeat(most + 1) })), ['title'])
    }
    ok(await post({ sound_id: '7'.repeat(64), description: '🥖'.repeat(4_000) }), 202)
    assert.deepEqual(named(await post({ sound_id: '7'.repeat(65), description: '🥖'.repeat(4_001) })), [
      'description',
      'sound_id',
    ])
    assert.deepEqual(named(await post({ sound_id: '', title: '' })), ['sound_id', 'title'])
    assert.deepEqual(named(await post({ title: 'a\u0000b', description: '\udc00' })), ['description', 'title'])
    refused(await post({ title: 'x'.repeat(10_000_000) }), 413, 'payload_too_large')
  })

  test('@ and # are stripped from the description, not the title', async (t) => {
    const one = await api(t)
    const { post } = await posting(one)
    const made = ok(await post({ title: 'Rye #1 @home', description: '#rye by @croft, 3 # a day' }), 202)
    const shown = ok(await one.ask('GET', `/v1/posts/${String(made['task_id'])}`))
    assert.deepEqual([shown['title'], shown['description']], ['Rye #1 @home', 'rye by croft, 3  a day'])
  })

  test('what is stripped is a warning, on the post, in a dry run and after a change', async (t) => {
    const one = await api(t)
    const { post, id } = await posting(one)
    const codes = (shown: unknown) => (shown as { code: string }[]).map(({ code }) => code)
    const dry = { 'x-dry-run': 'true' }
    const description = '#rye by @croft'
    const tried = ok(await one.ask('POST', '/v1/posts', postBody(id, { description }), dry), 202)
    assert.deepEqual([tried['dry_run'], tried['task_id']], [true, null])
    assert.deepEqual(codes(tried['warnings']), ['hashtags_stripped', 'mentions_stripped'])
    assert.deepEqual(ok(await one.ask('POST', '/v1/posts', postBody(id), dry), 202)['warnings'], [])
    const posts = [postBody(id, { description: 'a #b' }), postBody(id), {}]
    const bulk = ok(await one.ask('POST', '/v1/posts/bulk', { posts }, dry))['results'] as Record<string, unknown>[]
    assert.deepEqual(
      bulk.map((result) => result['warnings'] && codes(result['warnings'])),
      [['hashtags_stripped'], [], undefined],
    )
    const at = `/v1/posts/${String(ok(await post({ description }), 202)['task_id'])}`
    const shown = async () => codes(ok(await one.ask('GET', at))['warnings'])
    assert.deepEqual(await shown(), ['hashtags_stripped', 'mentions_stripped'])
    ok(await one.ask('PATCH', at, { title: 'Spelt' }))
    assert.deepEqual(await shown(), ['hashtags_stripped', 'mentions_stripped'])
    ok(await one.ask('PATCH', at, { description: 'by @croft' }))
    assert.deepEqual(await shown(), ['mentions_stripped'])
    assert.deepEqual(codes(ok(await one.ask('PATCH', at, { description: 'plain' }))['warnings']), [])
  })

  test('a null sound is the original one, a null webhook none', async (t) => {
    const one = await api(t)
    const { post, id } = await posting(one)
    const none = { sound_id: null, webhook_url: null }
    const at = `/v1/posts/${String(ok(await post(none), 202)['task_id'])}`
    const shown = async () => {
      const { sound_id, webhook_url } = ok(await one.ask('GET', at))
      return { sound_id, webhook_url }
    }
    assert.deepEqual(await shown(), none)
    const some = { sound_id: '71', webhook_url: 'https://hooks.example.com/other' }
    ok(await one.ask('PATCH', at, some))
    assert.deepEqual(await shown(), some)
    ok(await one.ask('PATCH', at, none))
    assert.deepEqual(await shown(), none)
    const bulk = ok(await one.ask('POST', '/v1/posts/bulk', { posts: [postBody(id, none)] }))['results'] as object[]
    assert.ok(bulk[0] && 'task_id' in bulk[0])
    assert.deepEqual(named(await one.ask('PATCH', at, { sound_id: '' })), ['sound_id'])
  })

  test('a time that is a text is told as the number to send', async (t) => {
    const one = await api(t)
    const { post, id } = await posting(one)
    const at = `/v1/posts/${String(ok(await post(), 202)['task_id'])}`
    const cases = [
      ['2030-01-02T03:04:05Z', /ISO string; Croft expects milliseconds since 1970: 1893553445000$/],
      ['2030-01-02T03:04:05.250+02:00', /: 1893546245250$/],
      ['2030-01-02T03:04', /: 1893553440000 \(read as UTC/],
      ['2030-01-02', /: 1893542400000$/],
      ['1893553445000', /without quotes: 1893553445000$/],
      ['2030-13-45T99:99Z', /must be a number: milliseconds since 1970/],
      ['tomorrow', /must be a number: milliseconds since 1970/],
    ] as const
    for (const [execute_at, says] of cases) {
      for (const answer of [await post({ execute_at }), await one.ask('PATCH', at, { execute_at })]) {
        assert.deepEqual(named(answer), ['execute_at'])
        assert.match(answer.body.error.message, says)
      }
      const bulk = ok(await one.ask('POST', '/v1/posts/bulk', { posts: [postBody(id, { execute_at })] }))
      assert.match(JSON.stringify(bulk['results']), new RegExp(says.source.replace('$', '')))
    }
  })

  test('a profile that is not ready, and one that is not there', async (t) => {
    const one = await api(t)
    const made = ok(await one.ask('POST', '/v1/farm-profiles', { username: newUsername(), email_auth_method: 'google' }), 201)
    const id = String(made['profile_id'])
    const later = { execute_at: Date.now() + 86_400_000 }
    for (const changes of [{}, later]) {
      const error = refused(await one.ask('POST', '/v1/posts', postBody(id, changes)), 409, 'profile_not_ready')
      assert.deepEqual([error['status'], error['ready_at_earliest']], ['configuring', null])
    }
    refused(await one.ask('POST', '/v1/posts', postBody(nobody)), 404, 'profile_not_found')
    ok(await one.ask('POST', `/v1/farm-profiles/${id}/deactivate`))
    assert.equal(refused(await one.ask('POST', '/v1/posts', postBody(id)), 409, 'profile_not_ready')['status'], 'deactivated')
  })

  test('a post is changed while it has not begun, and acted on where its state allows', async (t) => {
    const one = await api(t)
    const { ctx, team } = one.croft
    const profile = await readyProfile(ctx, team)
    const at = `/v1/posts/${(await accept(team, profile)).id}`
    assert.equal(ok(await one.ask('PATCH', at, { description: '#new' }))['description'], 'new')
    refused(await one.ask('PATCH', at, {}), 400, 'nothing_to_update')
    assert.deepEqual(named(await one.ask('PATCH', at, { media_type: 'slideshow', title: 'x'.repeat(91) })), ['title'])
    assert.deepEqual(named(await one.ask('PATCH', at, { execute_at: 5, title: 9 })), ['execute_at', 'title'])
    for (const action of ['publish', 'retry'])
      assert.equal(refused(await one.ask('POST', `${at}/${action}`), 409, 'invalid_state')['status'], 'preparing')
    refused(await one.ask('POST', `${at}/resolve`, { outcome: 'not_published' }), 409, 'invalid_state')
    const wrong = { outcome: 'not_published', post_url: 'https://www.tiktok.com/@x/video/1' }
    assert.deepEqual(named(await one.ask('POST', `${at}/resolve`, wrong)), ['post_url'])
    assert.deepEqual(named(await one.ask('POST', `${at}/resolve`, { outcome: 'published', post_url: 'javascript:1' })), [
      'post_url',
    ])
    assert.equal(ok(await one.ask('POST', `${at}/cancel`))['status'], 'canceled')
    refused(await one.ask('POST', `${at}/cancel`), 409, 'invalid_state')
    refused(await one.ask('PATCH', at, { title: 'x' }), 409, 'invalid_state')
  })
})
