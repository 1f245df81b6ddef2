import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { testCroft } from '../../support/croft.ts'
import { readyProfile } from '../../support/ready-profile.ts'
import { postBody, type Answer } from '../support/client.ts'

test('logs hold no key, no media token and no query, at any level', async (t) => {
  const secret = { CROFT_SECRET_KEY: 'ab'.repeat(32) }
  const here = await testCroft({ work: false, settings: secret })
  t.after(() => here.stop())
  const { id } = await readyProfile(here.ctx, here.team)
  const settings = { ...secret, PORT: '0', LOG_LEVEL: 'trace', CROFT_DATA_DIR: here.ctx.temporaryDir }
  const child = fork(new URL('../support/serve.ts', import.meta.url), {
    env: { ...process.env, TEST_CONNECTION: JSON.stringify(here.database.connection), TEST_SETTINGS: JSON.stringify(settings) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const logged: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part: Buffer) => logged.push(part.toString()))
  const [address] = (await once(child, 'message')) as [string]
  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
    const type: Record<string, string> =
      body === undefined || body instanceof FormData ? {} : { 'content-type': 'application/json' }
    const response = await fetch(new URL(path, address), {
      method,
      headers: { 'x-api-key': here.key, ...type, ...headers },
      body: body instanceof FormData ? body : body === undefined ? null : JSON.stringify(body),
    })
    const text = await response.text()
    const json = response.headers.get('content-type')?.startsWith('application/json')
    return { status: response.status, headers: response.headers, body: (json ? JSON.parse(text) : {}) as Answer['body'] }
  }
  const made = String((await ask('POST', '/v1/api-keys', {})).body['key'])
  const form = new FormData()
  form.append('file', new Blob(['x']), 'x.mp4')
  const token = String((await ask('POST', '/v1/media', form)).body['media_url']).split('/media/')[1] ?? ''
  assert.equal((await ask('GET', `/media/${token}`)).status, 200)
  await ask('GET', `/media/${token}/9?signature=secret-query`)
  await ask('POST', '/v1/posts', postBody(id))
  await ask('POST', '/v1/posts', postBody(id, { media_url: 'https://10.0.0.1/a?signature=secret-query' }))
  await ask('POST', '/v1/media/inspect', { media_url: 'https://10.0.0.1/a?signature=secret-query', media_type: 'video' })
  await ask('GET', '/v1/posts?limit=0&signature=secret-query', undefined, {
    'x-api-key': '',
    authorization: `Bearer ${here.key}`,
  })
  await ask('GET', '/nothing?signature=secret-query')
  await ask('GET', '/v1/posts/%zz?signature=secret-query')
  const over = once(child, 'close')
  child.send('stop')
  await over
  const all = logged.join('')
  assert.match(all, /"path":"\/media\/…\/9"/)
  assert.match(all, /"path":"\/v1\/posts"/)
  for (const word of [here.key, made, token, 'secret-query', secret.CROFT_SECRET_KEY])
    assert.ok(
      !all.includes(word),
      all.split('\n').find((line) => line.includes(word)),
    )
})
