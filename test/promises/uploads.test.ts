import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, test } from 'node:test'
import { testCroft, type TestCroft } from '../support/croft.ts'
import { until } from '../support/wait.ts'

let croft: TestCroft
before(async () => {
  croft = await testCroft({ work: false })
})
after(() => croft.stop())

const boundary = 'croft-boundary'
const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="a.bin"\r\ncontent-type: application/octet-stream\r\n\r\n`
const tail = `\r\n--${boundary}--\r\n`

async function upload(bytes: string, key: string) {
  const response = await fetch(`${croft.address}/v1/media`, {
    method: 'POST',
    headers: { 'x-api-key': croft.key, 'idempotency-key': key, 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: head + bytes + tail,
  })
  const body = (await response.json()) as { media_id?: string; error?: { code: string } }
  return { status: response.status, replayed: response.headers.get('idempotent-replayed'), body }
}

test('the same file under the same key is a replay; another of the same length is refused', async () => {
  const first = await upload('the first file', 'k1')
  assert.equal(first.status, 201)
  const again = await upload('the first file', 'k1')
  assert.deepEqual([again.status, again.replayed, again.body.media_id], [201, 'true', first.body.media_id])
  const other = await upload('the other file', 'k1')
  assert.deepEqual([other.status, other.body.error?.code], [422, 'idempotency_key_reused'])
})

test('a second upload while the first still runs is told so at once', async () => {
  const outgoing = request(`${croft.address}/v1/media`, {
    method: 'POST',
    headers: { 'x-api-key': croft.key, 'idempotency-key': 'k2', 'content-type': `multipart/form-data; boundary=${boundary}` },
  })
  const answered = new Promise<number>((resolve, reject) => {
    outgoing.on('response', (response) => resolve(response.resume().statusCode ?? 0)).on('error', reject)
  })
  outgoing.write(`${head}the beginning, `)
  await until(
    async () => (await croft.ctx.db.selectFrom('idempotency_keys').select('key').where('key', '=', 'k2').execute()).length > 0,
  )
  const second = await upload('something else altogether', 'k2')
  assert.deepEqual([second.status, second.body.error?.code], [409, 'idempotency_key_in_use'])
  outgoing.end(`and the end${tail}`)
  assert.equal(await answered, 201)
})
