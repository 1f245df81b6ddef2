import { deepEqual, equal, rejects, throws } from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { startMediaServer } from '../../support/media-server.ts'
import { fetchMedia, loopbackRequest, loopbackUrl, NotLoopback } from './media.ts'

test('only loopback addresses are reached, directly or through a mapped origin', async () => {
  for (const url of [
    'https://example.com/a',
    'http://10.0.0.1/',
    'http://128.0.0.1/',
    'http://localhost.example/',
    'http://[::2]/',
  ]) {
    throws(() => loopbackUrl(url), NotLoopback, url)
    await rejects(fetchMedia(url), NotLoopback, url)
    throws(() => loopbackRequest(new URL(url)), NotLoopback, url)
  }
  throws(() => loopbackUrl('https://a.example/', { 'https://a.example': 'https://b.example' }), NotLoopback)
  equal(loopbackUrl('http://localhost:80/a?b=c').href, 'http://127.0.0.1/a?b=c')
  equal(loopbackUrl('http://127.1:81/').href, 'http://127.0.0.1:81/')
  equal(loopbackUrl('http://[::1]:81/').href, 'http://[::1]:81/')
  const origins = { 'https://a.example': 'http://127.0.0.1:82' }
  equal(loopbackUrl('https://a.example/x/y?z=1', origins).href, 'http://127.0.0.1:82/x/y?z=1')
})

test('media is fetched by its digest, and a redirect is not followed', async (t) => {
  const server = await startMediaServer()
  t.after(() => server.stop())
  const bytes = Buffer.from('a picture')
  server.instead.push((_request, response) => void response.writeHead(200).end(bytes))
  const { status, size, sha256, head } = await fetchMedia(server.url('a.jpg'))
  deepEqual([status, size, sha256], [200, bytes.length, createHash('sha256').update(bytes).digest('hex')])
  deepEqual(head, bytes)
  server.instead.push((_request, response) => void response.writeHead(302, { location: server.url('b.jpg') }).end())
  equal((await fetchMedia(server.url('a.jpg'))).status, 302)
  deepEqual(server.asked, ['/a.jpg', '/a.jpg'])
})
