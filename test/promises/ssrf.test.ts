import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createGuard } from '../../src/net/index.ts'
import { testCroft, type TestCroft } from '../support/croft.ts'
import { startMediaServer, type MediaServer } from '../support/media-server.ts'
import { readyProfile } from '../support/ready-profile.ts'
import { until } from '../support/wait.ts'
import { happen } from './support/events.ts'

const literal = [
  'https://127.0.0.1/',
  'https://127.1/',
  'https://2130706433/',
  'https://0177.0.0.1/',
  'https://0x7f.0.0.1/',
  'https://0x7f000001/',
  'https://127.0.0.1./',
  'https://localhost/',
  'https://localhost./',
  'https://LOCALHOST/',
  'https://printer.localhost/',
  'https://10.0.0.1/',
  'https://172.16.0.1/',
  'https://192.168.1.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://100.64.0.1/',
  'https://0.0.0.0/',
  'https://0/',
  'https://255.255.255.255/',
  'https://224.0.0.1/',
  'https://198.18.0.1/',
  'https://192.0.2.1/',
  'https://198.51.100.1/',
  'https://203.0.113.1/',
  'https://240.0.0.1/',
  'https://[::1]/',
  'https://[::]/',
  'https://[0:0:0:0:0:0:0:1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[::127.0.0.1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[2002:7f00:1::]/',
  'https://[2001:0:7f00:1::]/',
  'https://[fe80::1]/',
  'https://[fc00::1]/',
  'https://[ff02::1]/',
  'https://[2001:db8::1]/',
  'https://①②⑦.⓪.⓪.①/',
  'https://127。0。0。1/',
]
const userinfo = ['https://example.com@127.0.0.1/', 'https://user:pass@example.com/', 'https://127.0.0.1:443@example.com/']

let croft: TestCroft
before(async () => {
  croft = await testCroft({ settings: { CROFT_ALLOW_PRIVATE_NETWORK: 'false' } })
})
after(() => croft.stop())

const codeOf = (body: unknown) => (body as { error?: { code: string } }).error?.code
const inspect = async (from: TestCroft, url: string): Promise<string | undefined> => {
  const { body } = await from.request('POST', '/v1/media/inspect', { media_url: url, media_type: 'video' })
  return (body as { problems: { code: string }[] }).problems[0]?.code
}
const newProfile = (from: TestCroft, url: string) =>
  from.request('POST', '/v1/farm-profiles', { username: 'ssrf', email_auth_method: 'google', profile_picture_url: url })
const post = { media_type: 'video', sound_id: '7', title: 'Rye' }

test('every spelling of an address that is not public is refused, for media, pictures and webhooks alike', async () => {
  const { id } = await readyProfile(croft.ctx, croft.team)
  const good = 'https://example.com/a'
  for (const [urls, code] of [[literal, 'address_not_allowed'] as const, [userinfo, 'invalid_url'] as const]) {
    for (const url of urls) {
      const answers = await Promise.all([
        croft.request('POST', '/v1/posts', { ...post, profile_id: id, media_url: url, webhook_url: good }),
        croft.request('POST', '/v1/posts', { ...post, profile_id: id, media_url: good, webhook_url: url }),
        croft.request('POST', '/v1/webhook-endpoints', { url }),
        newProfile(croft, url),
      ])
      assert.deepEqual(
        answers.map(({ status, body }) => [status, codeOf(body)]),
        Array(4).fill([422, code]),
        url,
      )
      assert.match((await inspect(croft, url)) ?? 'nothing', code === 'invalid_url' ? /invalid_url/ : /address_not_allowed/, url)
    }
  }
})

test('a name whose answer changes is judged by the answer that is connected to', async () => {
  const answers = [['93.184.215.14'], ['127.0.0.1'], ['93.184.215.14', '10.0.0.1'], ['::ffff:169.254.169.254']]
  let asked = 0
  const resolve = () => {
    const found = answers[asked % answers.length] ?? []
    asked += 1
    return Promise.resolve(found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })))
  }
  const connect = () => assert.fail('nothing is connected to')
  const before = croft.ctx.guard
  croft.ctx.guard = createGuard({ allowPrivateNetwork: false, resolve, connect })
  try {
    for (asked = 1; asked % answers.length !== 0;)
      assert.equal(await inspect(croft, 'https://rebind.example.com/a.mp4'), 'address_not_allowed')
    asked = 1
    assert.equal(codeOf((await newProfile(croft, 'https://rebind.example.com/a.png')).body), 'address_not_allowed')
    asked = 1
    await croft.request('POST', '/v1/webhook-endpoints', { url: 'https://rebind.example.com/hook' })
    const id = await happen(croft.team.unit)
    const tried = await until(() =>
      croft.ctx.db
        .selectFrom('delivery_tries')
        .innerJoin('deliveries', 'deliveries.id', 'delivery_id')
        .select('error')
        .where('event_id', '=', id)
        .executeTakeFirst(),
    )
    assert.match(tried.error ?? '', /^address_not_allowed/)
  } finally {
    croft.ctx.guard = before
  }
})

test('a redirect to where nobody may go is refused, also where loopback is allowed', async () => {
  const open = await testCroft({ work: false })
  const server: MediaServer = await startMediaServer()
  try {
    const away = () =>
      server.instead.push((_, response) => void response.writeHead(302, { location: 'https://169.254.169.254/latest' }).end())
    away()
    assert.equal(await inspect(open, server.url('a.mp4')), 'address_not_allowed')
    away()
    assert.equal(codeOf((await newProfile(open, server.url('a.png'))).body), 'address_not_allowed')
  } finally {
    await open.stop()
    await server.stop()
  }
})
