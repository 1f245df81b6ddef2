import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { testCroft } from '../../support/croft.ts'

test('a client that does not read does not hold up a stop for longer than its grace', async () => {
  const croft = await testCroft({ work: false })
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array(32 * 1_048_576)], { type: 'video/mp4' }), 'large.mp4')
  const response = await fetch(new URL('/v1/media', croft.address), {
    method: 'POST',
    headers: { 'x-api-key': croft.key },
    body: form,
  })
  const { media_url } = (await response.json()) as { media_url: string }
  const { hostname, port, pathname } = new URL(media_url)
  const slow = connect(Number(port), hostname)
  slow.write(`GET ${pathname} HTTP/1.1\r\nhost: x\r\n\r\n`)
  await once(slow, 'readable')
  await croft.stop()
  slow.destroy()
  assert.equal(croft.croft.app.server.listening, false)
})
