import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { api, named, postBody, refused, ok } from '../support/client.ts'
import { startMediaServer } from '../../support/media-server.ts'
import { readyProfile } from '../../support/ready-profile.ts'

const members = ['media_url', 'webhook_url'] as const

/** One machine in every spelling that a URL parser takes. */
const loopback = [
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '127.0.0.1.',
  '[::1]',
  '[::ffff:127.0.0.1]',
  'localhost',
  'a.localhost',
]
const elsewhere = [
  '10.0.0.1', '192.168.1.1', '172.16.0.1', '[fd00::1]', '100.64.0.1', '0.0.0.0', '255.255.255.255', '224.0.0.1', '198.18.0.1',
  '192.0.2.1', '240.0.0.1', '[fe80::1]', '[::]', '[64:ff9b::7f00:1]', '[2002:7f00:1::]', '[2001::1]', '[2001:db8::1]', '[::ffff:a00:1]',
] // prettier-ignore
const never = ['169.254.169.254', '0xa9fea9fe', '[fe80::1]', '[::ffff:169.254.169.254]']

suite('URLs that a post may name', () => {
  test('https, no user, no address that is not public', async (t) => {
    const one = await api(t, { settings: { CROFT_ALLOW_PRIVATE_NETWORK: 'false' } })
    const { id } = await readyProfile(one.croft.ctx, one.croft.team)
    const ask = (changes: object) => one.ask('POST', '/v1/posts', postBody(id, changes))
    for (const member of members) {
      for (const host of [...loopback, ...elsewhere, ...never])
        assert.deepEqual(
          refused(await ask({ [member]: `https://${host}/a` }), 422, 'address_not_allowed').details[0]?.path,
          member,
        )
      for (const url of [
        'http://media.example.com/a',
        'file:///etc/passwd',
        'ftp://x.example/a',
        'data:,x',
        'http://127.0.0.1/a',
      ])
        assert.deepEqual(named(await ask({ [member]: url })), [member], url)
      for (const url of ['https://user@x.example/a', 'https://u:p@x.example/a', 'not a url', 'https://', '//x.example/a'])
        refused(await ask({ [member]: url }), 422, 'invalid_url')
      assert.deepEqual(named(await ask({ [member]: `https://x.example/${'a'.repeat(2_048)}` })), [member])
      assert.deepEqual(named(await ask({ [member]: '' })), [member])
    }
    const both = { media_url: 'https://10.0.0.1/a', webhook_url: 'https://127.0.0.1/a' }
    assert.deepEqual(refused(await ask(both), 422, 'address_not_allowed').details.length, 2)
    refused(await ask({ media_url: 'https://10.0.0.1/a', webhook_url: 'x' }), 422, 'validation_error')
    ok(await ask({ media_url: 'https://8.8.8.8/a' }), 202)
  })

  test('with private addresses let in, link-local stays out, and creating a post asks nobody', async (t) => {
    const one = await api(t)
    const media = await startMediaServer()
    t.after(() => media.stop())
    const { id } = await readyProfile(one.croft.ctx, one.croft.team)
    for (const member of members) {
      for (const host of never)
        refused(await one.ask('POST', '/v1/posts', postBody(id, { [member]: `https://${host}/a` })), 422, 'address_not_allowed')
      assert.deepEqual(named(await one.ask('POST', '/v1/posts', postBody(id, { [member]: 'http://10.0.0.1/a' }))), [member])
      ok(await one.ask('POST', '/v1/posts', postBody(id, { [member]: media.url('sample.mp4') })), 202)
    }
    assert.deepEqual(media.asked, [])
  })
})
