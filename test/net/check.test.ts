import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createGuard } from '../../src/net/index.ts'

const strict = createGuard({ allowPrivateNetwork: false })
const lenient = createGuard({ allowPrivateNetwork: true })

const codeOf = (guard: typeof strict, url: string) => {
  const checked = guard.check(url)
  return checked.ok ? 'ok' : checked.code
}

const refusedEverywhere = [
  '0.0.0.0', '0.1.2.3', '255.255.255.255', '224.0.0.1', '239.255.255.255', '169.254.169.254', '100.64.0.1', '192.0.0.1', '192.0.2.1',
  '198.51.100.1', '203.0.113.1', '198.18.0.1', '240.0.0.1', '192.88.99.1', '0xa9fea9fe', '2852039166', '0251.0376.0251.0376', '169.254.43518',
  '[::]', '[fe80::1]', '[febf::1]', '[fec0::1]', '[ff02::1]', '[::ffff:127.0.0.1]', '[::ffff:8.8.8.8]', '[::ffff:0:8.8.8.8]', '[::127.0.0.1]',
  '[::8.8.8.8]', '[64:ff9b::7f00:1]', '[64:ff9b::808:808]', '[64:ff9b:1::1]', '[2002:7f00:1::]', '[2002:808:808::]', '[2001::1]',
  '[2001:db8::1]', '[3fff::1]', '[2001:2::1]', '[100::1]', '[2001:10::1]', '[4000::1]', '[5f00::1]',
] // prettier-ignore

const loopback = ['127.0.0.1', '127.255.255.254', '2130706433', '0x7f000001', '0177.0.0.1', '017700000001', '127.1', '0x7f.1', '[::1]', '[0:0:0:0:0:0:0:1]', 'localhost', 'LOCALHOST', 'a.localhost', '１２７.0.0.1'] // prettier-ignore
const privateRanges = [
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '3232235777',
  '0xc0a80101',
  '[fc00::1]',
  '[fd12:3456::1]',
]

test('every spelling of an address that is not on the public internet is refused', () => {
  for (const host of [...refusedEverywhere, ...loopback, ...privateRanges]) {
    assert.equal(codeOf(strict, `https://${host}/a`), 'address_not_allowed', host)
    if (!host.startsWith('[')) assert.equal(codeOf(strict, `https://${host}./a`), 'address_not_allowed', `${host}.`)
  }
})

test('allowPrivateNetwork lifts loopback and private ranges and nothing else', () => {
  for (const host of refusedEverywhere) assert.equal(codeOf(lenient, `https://${host}/`), 'address_not_allowed', host)
  for (const host of [...loopback, ...privateRanges]) assert.equal(codeOf(lenient, `https://${host}/`), 'ok', host)
  for (const host of loopback) assert.equal(codeOf(lenient, `http://${host}/`), 'ok', host)
  for (const host of [...refusedEverywhere, ...privateRanges, '8.8.8.8', 'example.com']) {
    assert.equal(codeOf(lenient, `http://${host}/`), 'url_not_https', host)
  }
})

test('plain http is refused without allowPrivateNetwork, and other schemes always', () => {
  for (const url of [
    'http://example.com/',
    'http://127.0.0.1/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'data:text/plain,a',
  ]) {
    assert.equal(codeOf(strict, url), 'url_not_https', url)
  }
  assert.equal(codeOf(lenient, 'file:///etc/passwd'), 'url_not_https')
})

test('what is no URL, is too long or names a user is invalid', () => {
  for (const url of [
    '',
    'video.mp4',
    'https://',
    'https://a b/',
    'https://user@example.com/',
    'https://u:p@example.com/',
    'https://:p@127.0.0.1/',
  ]) {
    assert.equal(codeOf(strict, url), 'invalid_url', url)
  }
  const long = `https://example.com/${'a'.repeat(2048 - 20)}`
  assert.equal(long.length, 2048)
  assert.equal(codeOf(strict, long), 'ok')
  assert.equal(codeOf(strict, `${long}a`), 'invalid_url')
})

test('public addresses and names pass, and a trailing dot is dropped', () => {
  for (const host of [
    '8.8.8.8',
    '1.1.1.1',
    '134744072',
    '[2606:4700::1111]',
    'example.com',
    'xn--bcher-kva.example',
    '100.63.255.255',
    '172.32.0.1',
  ]) {
    assert.equal(codeOf(strict, `https://${host}/video.mp4?sig=1`), 'ok', host)
  }
  const checked = strict.check('https://example.com./a?b=c')
  assert.ok(checked.ok)
  assert.equal(checked.url.href, 'https://example.com/a?b=c')
})

test('property: an IPv4 address is judged the same in every spelling', () => {
  fc.assert(
    fc.property(fc.nat({ max: 255 }), fc.nat({ max: 255 }), fc.nat({ max: 255 }), fc.nat({ max: 255 }), (a, b, c, d) => {
      const number = ((a * 256 + b) * 256 + c) * 256 + d
      const spellings = [
        `${number}`,
        `0x${number.toString(16)}`,
        `0${number.toString(8)}`,
        `${a}.${b}.${c * 256 + d}`,
        `0x${a.toString(16)}.0${b.toString(8)}.${c}.${d}`,
      ]
      const expected = codeOf(strict, `https://${a}.${b}.${c}.${d}/`)
      for (const spelling of spellings) assert.equal(codeOf(strict, `https://${spelling}/`), expected)
      const mapped = [`[::ffff:${a}.${b}.${c}.${d}]`, `[64:ff9b::${a}.${b}.${c}.${d}]`, `[::${a}.${b}.${c}.${d}]`]
      for (const host of mapped)
        assert.equal(codeOf(lenient, `https://${host}/`), host === '[::0.0.0.1]' ? 'ok' : 'address_not_allowed')
    }),
  )
})

test('property: outside 2000::/3 no IPv6 address is public', () => {
  const part = fc.nat({ max: 0xffff })
  fc.assert(
    fc.property(part, fc.array(part, { minLength: 7, maxLength: 7 }), (first, rest) => {
      const host = `[${[first, ...rest].map((n) => n.toString(16)).join(':')}]`
      if (codeOf(strict, `https://${host}/`) === 'ok') assert.equal(first >> 13, 1, host)
    }),
  )
})
