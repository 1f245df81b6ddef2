import assert from 'node:assert/strict'
import { connect as dial } from 'node:net'
import { test } from 'node:test'
import { FetchProblem } from '../../src/net/index.ts'
import { loopbackGuard, offlineGuard, patient, serve } from './servers.ts'

const refused = (error: unknown) => error instanceof FetchProblem && error.code === 'address_not_allowed'

test('a name that resolves to a refused address is not connected to', async (t) => {
  for (const address of [
    '127.0.0.1',
    '10.1.2.3',
    '169.254.169.254',
    '::1',
    'fe80::1%eth0',
    'fe80::1',
    '::ffff:10.0.0.1',
    '64:ff9b::a00:1',
    'fd00::1',
  ]) {
    const guard = offlineGuard(t, { addresses: [address] })
    await assert.rejects(guard.fetch('https://media.example/a', patient), refused, address)
  }
})

test('one refused address among good ones refuses the name', async (t) => {
  const guard = offlineGuard(t, { addresses: ['8.8.8.8', '192.168.0.1'] })
  await assert.rejects(guard.fetch('https://media.example/a', patient), refused)
})

test('link-local stays refused with allowPrivateNetwork, as name and as literal', async (t) => {
  const guard = offlineGuard(t, { addresses: ['169.254.169.254'], allowPrivateNetwork: true })
  await assert.rejects(guard.fetch('https://metadata.example/latest', patient), refused)
  await assert.rejects(guard.fetch('https://169.254.169.254/latest', patient), refused)
  await assert.rejects(guard.fetch('https://[fe80::1]/latest', patient), refused)
})

test('plain http goes to loopback alone, whatever the name resolves to', async (t) => {
  const guard = offlineGuard(t, { addresses: ['10.0.0.1'], allowPrivateNetwork: true })
  await assert.rejects(guard.fetch('http://localhost/a', patient), refused)
})

test('a name without addresses is refused, and one that does not exist is named', async (t) => {
  await assert.rejects(offlineGuard(t, { addresses: [] }).fetch('https://media.example/', patient), refused)
  const notFound = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' })
  const guard = offlineGuard(t, { resolve: () => Promise.reject(notFound) })
  await assert.rejects(guard.fetch('https://nowhere.example/secret?sig=1', patient), (error: unknown) => {
    assert.ok(error instanceof FetchProblem)
    assert.equal(error.code, 'host_not_found')
    assert.equal(error.retryable, false)
    assert.match(error.message, /nowhere\.example/)
    assert.doesNotMatch(error.message, /secret|sig/)
    return true
  })
})

test('an answer that changes between two lookups is judged anew at each connection', async (t) => {
  const origin = await serve(t, (_request, response) => response.setHeader('connection', 'close').end('once'))
  const answers = ['127.0.0.1', '169.254.169.254']
  const guard = loopbackGuard(t, { resolve: () => Promise.resolve([{ address: answers.shift() ?? '', family: 4 }]) })
  const url = origin.replace('127.0.0.1', 'localhost')
  assert.equal(await (await guard.fetch(url, patient)).text(), 'once')
  await assert.rejects(guard.fetch(url, patient), refused)
  assert.equal(answers.length, 0)
})

test('the address that is really connected to is judged too', async (t) => {
  let asked = 0
  const origin = await serve(t, (_request, response) => {
    asked++
    response.end()
  })
  const port = Number(new URL(origin).port)
  const told: string[] = []
  // The connector goes to loopback although a public address was resolved and allowed.
  const guard = offlineGuard(t, {
    addresses: ['8.8.8.8'],
    connect: (_target, addresses, callback) => {
      assert.deepEqual(addresses, [{ address: '8.8.8.8', family: 4 }])
      const socket = dial(port, '127.0.0.1', () => callback(null, socket))
    },
    log: ({ host, code }) => told.push(`${host} ${code}`),
  })
  await assert.rejects(guard.fetch('https://media.example/a?sig=1', patient), refused)
  assert.equal(asked, 0)
  assert.deepEqual(told, ['media.example address_not_allowed'])
})
