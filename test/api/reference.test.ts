import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api } from './support/client.ts'
import { dryRunHeaders } from '../../src/api/plugins/dry-run.ts'
import { patternMessages } from '../../src/api/http/faults.ts'
import { startMediaServer } from '../support/media-server.ts'
import { picture } from '../media/pictures.ts'
import { testTeam } from '../support/croft.ts'
import { pathWith, isWrite, nameOf, operations } from '../promises/support/openapi.ts'
import { prepareWrite } from '../promises/support/world.ts'
import { requestOf } from './support/example-request.ts'

/** Every pattern in a part of the document that is not a member's name. */
function patternsIn(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return []
  const own = 'pattern' in part && typeof part.pattern === 'string' ? [part.pattern] : []
  return [...own, ...Object.values(part).flatMap(patternsIn)]
}

test('the reference holds what it shows', async (t) => {
  const { croft, reference } = await api(t)
  const media = await startMediaServer()
  t.after(() => media.stop())
  const png = await picture('png', 64, 64)
  const pictureUrl = media.url('picture.png')
  const routes = reference.routes.map((name) => ({ name, ...reference.operation(name) }))

  await t.test('every parameter has a type', () => {
    for (const { name, parameters = [] } of routes)
      for (const one of parameters) assert.ok(one.schema.type !== undefined, `${name} ${one.in} ${one.name}`)
  })

  await t.test('every example fits its schema', () => {
    for (const { name, requestBody, responses } of routes)
      for (const [what, body] of [['request', requestBody] as const, ...Object.entries(responses)])
        for (const { schema, example } of Object.values(body?.content ?? {}))
          if (schema && example !== undefined) reference.fits(schema, example, `${name} ${what}`)
  })

  await t.test('every error’s example has a code that can have its status', () => {
    for (const { name, responses } of routes)
      for (const [status, { content }] of Object.entries(responses)) {
        const example = content?.['application/json']?.example as { error?: Record<string, unknown> } | undefined
        if (!example?.error) continue
        assert.notEqual(example.error['message'], '', `${name} ${status}`)
        if (status === '402')
          assert.deepEqual(Object.keys(example.error), ['code', 'message', 'required', 'available', 'missing'])
        if (status !== '500') assert.notEqual(example.error['code'], 'internal_error', `${name} ${status}`)
      }
  })

  await t.test('the headers that are read, and the limits that are sent', () => {
    for (const { name, parameters = [], responses, security = [] } of routes) {
      const read = parameters.filter((one) => one.in === 'header').map((one) => one.name.toLowerCase())
      assert.ok(read.includes('x-request-id'), name)
      const write = security.length > 0 && !name.startsWith('GET') && name !== 'POST /v1/media/inspect'
      for (const header of ['idempotency-key', ...dryRunHeaders]) assert.equal(read.includes(header), write, `${name} ${header}`)
      const limited = ['PATCH /v1/farm-profiles/{profile_id}', 'POST /v1/posts', 'POST /v1/posts/bulk'].includes(name)
      for (const [status, { headers = {} }] of Object.entries(responses)) {
        assert.ok('X-Request-Id' in headers, `${name} ${status}`)
        assert.equal('RateLimit' in headers, limited && status !== '401' && status !== '403', `${name} ${status}`)
      }
    }
    assert.ok(reference.operation('GET /v1/events/stream').parameters?.some((one) => one.name === 'last-event-id'))
  })

  await t.test('every pattern is told in words', () => {
    const patterns = routes.flatMap(({ parameters, requestBody }) => patternsIn([parameters, requestBody]))
    for (const pattern of new Set(patterns))
      assert.ok(patternMessages[pattern], `src/api/http/faults.ts has no words for ${pattern}`)
  })

  for (const one of (await operations(croft)).filter((each) => each.body && isWrite(each)))
    await t.test(`${nameOf(one)}: its request example succeeds`, async () => {
      const team = await testTeam(croft.ctx, `example ${nameOf(one)}`)
      const made = await prepareWrite(croft, team, one)
      const { requestBody, responses } = reference.operation(nameOf(one))
      const body = requestOf(requestBody?.content['application/json']?.example, made.body, pictureUrl)
      media.instead.splice(0, 1, (_, response) => void response.end(png))
      const path = pathWith(one.path, made.params)
      const answer = await croft.request(one.method, path, body, { 'x-api-key': made.key })
      reference.check(one.method, path, answer)
      const success = Object.keys(responses).find((status) => status.startsWith('2'))
      assert.equal(answer.status, Number(success), JSON.stringify({ body, answer: answer.body }))
      if (one.path === '/v1/posts/bulk')
        for (const result of (answer.body as { results: object[] }).results)
          assert.ok('task_id' in result, JSON.stringify(result))
    })
})
