import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asking, create, finished, idIn, image, processed, publish, reel, setUp, statusOf, type Ask } from '../support.ts'

const { fake, clock, ask } = await setUp()

const textOf = async (by: Ask, id: string) => (await by('GET', `/v26.0/${id}`, { fields: 'status_code,status' })).json

async function newReel(): Promise<string> {
  const id = idIn(await create(ask, reel))
  await processed(fake, id)
  return id
}

test('a container shows its id alone unless fields asks for more', async () => {
  const id = await newReel()
  assert.deepEqual((await ask('GET', `/v26.0/${id}`)).json, { id })
  assert.deepEqual(await textOf(ask, id), {
    status_code: 'IN_PROGRESS',
    status: 'In Progress: Media is still being processed.',
    id,
  })
})

test('a video is IN_PROGRESS for one read unless there is a plan, an image for none', async () => {
  const id = await newReel()
  assert.equal(await statusOf(ask, id), 'IN_PROGRESS')
  assert.equal(await statusOf(ask, id), 'FINISHED')
  assert.equal(await statusOf(ask, idIn(await create(ask, image))), 'FINISHED')
})

test('IN_PROGRESS for n reads, then FINISHED, by a plan for the next container', async () => {
  fake.plan({ reads: 3 })
  const [id, next] = [await newReel(), await newReel()]
  for (let read = 0; read < 3; read += 1) assert.equal(await statusOf(ask, id), 'IN_PROGRESS')
  assert.equal(await statusOf(ask, id), 'FINISHED')
  assert.equal(fake.status(id), 'FINISHED')
  await statusOf(ask, next)
  assert.equal(await statusOf(ask, next), 'FINISHED')
})

test('IN_PROGRESS for a time of the fake', async () => {
  fake.plan({ seconds: 60 })
  const id = idIn(await create(ask, image))
  clock.forward(59_999)
  assert.equal(await statusOf(ask, id), 'IN_PROGRESS')
  clock.forward(1)
  assert.equal(await statusOf(ask, id), 'FINISHED')
})

test('ERROR has the subcode in the text', async () => {
  for (const error of [2207076, 2207077, 2207082, 2207053]) {
    fake.plan({ reads: 1, error })
    const id = await newReel()
    assert.equal(await statusOf(ask, id), 'IN_PROGRESS')
    assert.deepEqual(await textOf(ask, id), {
      status_code: 'ERROR',
      status: `Error: Media upload has failed with error code ${error}`,
      id,
    })
  }
})

test('a container that was not published is EXPIRED after 24 hours', async () => {
  const id = await finished(fake, ask)
  clock.forward(24 * 3_600_000 - 1)
  assert.equal(await statusOf(ask, id), 'FINISHED')
  clock.forward(1)
  assert.equal((await textOf(ask, id)).status_code, 'EXPIRED')
  assert.equal((await publish(ask, id)).error, '-2/2207020')
})

test('a published container is PUBLISHED', async () => {
  const id = await finished(fake, ask)
  await publish(ask, id)
  assert.deepEqual(await textOf(ask, id), {
    status_code: 'PUBLISHED',
    status: 'Published: Media has been already published.',
    id,
  })
})

test('a container of another account, an unknown id, a missing scope and an unknown field are refused', async () => {
  const id = await finished(fake, ask)
  const bob = asking(fake.bases.graph, fake.grant('bob').value)
  assert.equal((await bob('GET', `/v26.0/${id}`, { fields: 'status_code' })).error, '100/33')
  assert.equal((await ask('GET', '/v26.0/17900000000000000', { fields: 'status_code' })).error, '100/33')
  const reader = asking(fake.bases.graph, fake.grant('ada', { scopes: ['instagram_business_basic'] }).value)
  assert.equal((await reader('GET', `/v26.0/${id}`, { fields: 'status_code' })).error, '10')
  assert.equal((await ask('GET', `/v26.0/${id}`, { fields: 'state' })).error, '100')
})

test('100/33 on a read of the container, then ok', async () => {
  const id = await finished(fake, ask)
  fake.fail('container', { code: '100/33' }, { times: 2 })
  const first = await ask('GET', `/v26.0/${id}`, { fields: 'status_code' })
  assert.equal(first.status, 400)
  assert.equal(first.error, '100/33')
  assert.equal((await ask('GET', `/v26.0/${id}`, { fields: 'status_code' })).error, '100/33')
  assert.equal(await statusOf(ask, id), 'FINISHED')
})

test('a token that ends while a container is polled is refused, and another one polls the same container', async () => {
  const id = await finished(fake, ask)
  const short = fake.grant('ada', { kind: 'short' })
  const polling = asking(fake.bases.graph, short.value)
  assert.equal(await statusOf(polling, id), 'FINISHED')
  clock.forward(3_600_000)
  assert.equal((await polling('GET', `/v26.0/${id}`, { fields: 'status_code' })).error, '190/463')
  assert.equal(await statusOf(ask, id), 'FINISHED')
})
