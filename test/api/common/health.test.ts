import assert from 'node:assert/strict'
import { chmod, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { suite, test } from 'node:test'
import { withoutDatabase } from '../../support/without-database.ts'
import { until } from '../../support/wait.ts'
import { api, nobody, ok, refused, type Api } from '../support/client.ts'

const checks = (one: Api) => one.ask('GET', '/readyz')

suite('health', () => {
  test('/readyz is red without a worker, and green with one', async (t) => {
    const idle = await api(t)
    const red = await checks(idle)
    assert.equal(red.status, 503)
    const { database, jobs, store } = red.body['checks'] as Record<string, { ok: boolean; why?: string }>
    assert.deepEqual([database, store], [{ ok: true }, { ok: true }])
    assert.match(jobs?.why ?? '', /worker/)
    const busy = await api(t, { work: true })
    await until(async () => (await checks(busy)).status === 200, { what: 'readiness' })
  })

  test('without its database every route says 503 and nothing internal, and all is well when it is back', async (t) => {
    const one = await api(t)
    await withoutDatabase(one.croft.database, async () => {
      for (const [method, path, body] of [
        ['GET', '/v1/farm-profiles'],
        ['GET', `/v1/posts/${nobody}`],
        ['POST', '/v1/posts', {}],
        ['PATCH', '/v1/team', { warmup: { runs: 1 } }],
        ['DELETE', `/v1/api-keys/${nobody}`],
      ] as const) {
        const answer = await one.ask(method, path, body, { 'idempotency-key': 'away' })
        const { message } = refused(answer, 503, 'unavailable')
        assert.equal(answer.headers.get('retry-after'), '5')
        assert.doesNotMatch(message, /croft_test|accepting|FATAL/)
      }
      const red = await checks(one)
      assert.equal(red.status, 503)
      assert.deepEqual((red.body['checks'] as Record<string, unknown>)['database'], {
        ok: false,
        why: 'the database cannot be reached',
      })
      assert.doesNotMatch(JSON.stringify(red.body), /croft_test|accepting/)
      ok(await one.ask('GET', '/healthz'))
    })
    ok(await one.ask('GET', '/v1/farm-profiles'))
  })

  test('a media store that cannot be written to is red, and says nothing of where it is', async (t) => {
    const one = await api(t)
    const dir = join(dirname(one.croft.ctx.temporaryDir), 'media')
    await rename(dir, `${dir}-away`).catch(() => chmod(dir, 0))
    await writeFile(dir, 'no folder')
    const red = await checks(one)
    assert.deepEqual((red.body['checks'] as Record<string, unknown>)['store'], {
      ok: false,
      why: 'the media store cannot be written to',
    })
    assert.ok(!JSON.stringify(red.body).includes(dir))
  })
})

test('the reference is a page that loads nothing from elsewhere', async (t) => {
  const { croft } = await api(t)
  const page = await croft.request('GET', '/docs')
  assert.ok(page.status === 200 || page.status === 302)
  const html = await croft.request('GET', '/docs/')
  const text = String((html.status === 200 ? html : page).body)
  assert.doesNotMatch(text, /(src|href)="(https?:)?\/\//)
  const { body } = await croft.request('GET', '/openapi.json')
  assert.equal((body as { openapi: string }).openapi, '3.1.0')
})
