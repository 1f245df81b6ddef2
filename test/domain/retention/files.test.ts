import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import { utimes, writeFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { claimFiles } from '../../../src/domain/media/claims.ts'
import { findOrphans, sweepFiles, sweepTemporary } from '../../../src/domain/retention/files.ts'
import { keepUpload } from '../../../src/domain/media/upload.ts'
import { picture } from '../../media/pictures.ts'
import { standingClock } from '../../support/clock.ts'
import { testCroft, type TestCroft } from '../../support/croft.ts'
import { testManager } from '../../people/support.ts'

const clock = standingClock()
let server: TestCroft
before(async () => {
  server = await testCroft({ work: false, substitutes: { clock } })
})
after(() => server.stop())

const hashOf = (text: string | Uint8Array) => createHash('sha256').update(text).digest('hex')
const isStored = async (text: string | Uint8Array) => (await server.ctx.store.stat(hashOf(text))) !== null
const bytes = (text: string) =>
  (async function* () {
    yield await Promise.resolve(Buffer.from(text))
  })()

async function upload(text: string, { headers = {}, name = 'file' }: { headers?: Record<string, string>; name?: string } = {}) {
  const form = new FormData()
  form.append(name, new Blob([text]), 'a.bin')
  if (name !== 'file') form.append('file', new Blob([text]), 'b.bin')
  const { status } = await fetch(`${server.address}/v1/media`, {
    method: 'POST',
    headers: { 'x-api-key': server.key, ...headers },
    body: form,
  })
  return status
}

test('a dry run, and a refused upload, leave no file; one that is kept stays, whoever else sends the same bytes', async () => {
  assert.equal(await upload('dry', { headers: { 'x-dry-run': 'true' } }), 201)
  assert.equal(await isStored('dry'), false)
  assert.equal(await upload('refused', { name: 'other' }), 422)
  assert.equal(await isStored('refused'), false)
  assert.equal(await upload('kept'), 201)
  assert.equal(await upload('kept', { headers: { 'x-dry-run': 'true' } }), 201)
  assert.equal(await isStored('kept'), true)
})

test('of many uploads of the same bytes at once, some of them dry runs, the kept ones find their file', async () => {
  for (let round = 0; round < 5; round += 1) {
    const text = `the same ${round}`
    const statuses = await Promise.all(
      Array.from({ length: 12 }, (_, n) => upload(text, n % 3 === 0 ? {} : { headers: { 'x-dry-run': 'true' } })),
    )
    assert.deepEqual(new Set(statuses), new Set([201]))
    assert.equal(await isStored(text), true)
  }
  const { rows } = await sql`select 1 from file_claims`.execute(server.ctx.db)
  assert.equal(rows.length, 0, 'every claim was given back')
})

test('whoever puts a file while it is being deleted waits, and has it in the end', async () => {
  const { ctx } = server
  let begin = (): void => undefined
  let goOn = (): void => undefined
  const deleting = new Promise<void>((resolve) => (begin = resolve))
  const put = new Promise<void>((resolve) => (goOn = resolve))
  const text = 'at the same time'
  const one = claimFiles({
    ...ctx,
    store: Object.assign(Object.create(ctx.store) as typeof ctx.store, {
      put: ctx.store.put.bind(ctx.store),
      stat: ctx.store.stat.bind(ctx.store),
      async delete(hash: string) {
        begin()
        await put
        await ctx.store.delete(hash)
      },
    }),
  })
  await one.store.put(bytes(text))
  const released = one.release()
  await deleting
  const other = claimFiles(ctx)
  const kept = other.store
    .put(bytes(text))
    .then((blob) => keepUpload({ ...server.team.unit }, { ...blob, contentType: 'text/plain' }))
  goOn()
  await Promise.all([released, kept])
  await other.release()
  assert.equal(await isStored(text), true)
})

test('of a screenshot only the picture made of it is stored', async () => {
  const manager = await testManager(server, server.team)
  const sent = await picture('webp', 40, 40)
  const form = new FormData()
  form.append('file', new Blob([Buffer.from(sent)]), 'a.webp')
  const id = '0193a1b2-9e5f-7061-8c7d-8e9f0a1b2c3d'
  await sql`
    insert into work_items (team_id, id, kind, status, holder_id, claimed_until, due_at, instructions, "values", created_at, updated_at)
    values (${server.team.id}, ${id}, 'setup', 'started', ${manager.id}, ${new Date(clock.now().getTime() + 3_600_000)}, now(), '', '{}', now(), now())`.execute(
    server.ctx.db,
  )
  const answer = await fetch(`${server.address}/v1/work/${id}/screenshot`, {
    method: 'POST',
    headers: { 'x-api-key': manager.key },
    body: form,
  })
  assert.equal(answer.status, 201, await answer.text())
  assert.equal(await isStored(sent), false)
  const row = await server.ctx.db.selectFrom('media').select('files').where('kind', '=', 'picture').executeTakeFirstOrThrow()
  assert.notEqual(await server.ctx.store.stat(row.files[0]?.hash ?? ''), null)
})

test('what a crash left is swept: files of a claim that has run out, files without any, and temporary ones', async () => {
  const { ctx, dataDir } = server
  const files = claimFiles(ctx)
  await files.store.put(bytes('claimed'))
  await ctx.store.put(bytes('unclaimed'))
  await sweepFiles(ctx)
  await findOrphans(ctx)
  await sweepFiles(ctx)
  assert.deepEqual([await isStored('claimed'), await isStored('unclaimed')], [true, true], 'both are young')
  await sql`update file_claims set until = now()`.execute(ctx.db)
  clock.forward(86_400_000 + 60_000)
  await findOrphans(ctx)
  assert.equal(await sweepFiles(ctx), 2)
  assert.deepEqual([await isStored('claimed'), await isStored('unclaimed')], [false, false])
  assert.equal(await isStored('kept'), true)
  const [old, young] = [join(dataDir, 'tmp', 'croft-old'), join(dataDir, 'tmp', 'croft-young')]
  await Promise.all([old, young].map((path) => writeFile(path, 'x')))
  const past = new Date(Date.now() - 3 * 3_600_000)
  await utimes(old, past, past)
  assert.equal(await sweepTemporary(ctx), 1)
  assert.deepEqual(await readdir(join(dataDir, 'tmp')), ['croft-young'])
})
