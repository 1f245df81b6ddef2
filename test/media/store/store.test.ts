import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { mkdir, mkdtemp, open, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { test, type TestContext } from 'node:test'
import { ingest, NotStoredError, openStore, StorageFullError, TooLargeError, type Store } from '../../../src/media/index.ts'
import { asStorageError } from '../../../src/media/store/full.ts'
import { writeHashed } from '../../../src/media/store/write.ts'
import { serve } from '../../net/servers.ts'
import { context, folder, samplePath, serveFile } from '../support.ts'
import { fakeS3, type FakeS3 } from './s3-server.ts'

const bytes = randomBytes(300_000)
const hash = createHash('sha256').update(bytes).digest('hex')
const source = (...chunks: Buffer[]) => Readable.from(chunks)

interface Opened {
  store: Store
  temporary: string
}

async function local(t: TestContext): Promise<Opened> {
  const dir = await folder(t)
  return { store: await openStore({ kind: 'local', dir, minFreeBytes: 0 }), temporary: join(dir, 'temporary') }
}

async function s3(t: TestContext): Promise<Opened & { server: FakeS3 }> {
  const server = fakeS3()
  const temporaryDir = await folder(t)
  const endpoint = await serve(t, server.listener)
  const keys = { accessKeyId: 'key', secretAccessKey: 'secret' }
  const setting = {
    kind: 's3',
    bucket: 'media',
    region: 'eu-1',
    endpoint,
    prefix: 'croft/',
    forcePathStyle: true,
    temporaryDir,
    ...keys,
  } as const
  const store = await openStore(setting)
  t.after(() => store.close())
  return { store, temporary: temporaryDir, server }
}

for (const [name, make] of Object.entries({ local, s3 })) {
  test(`${name}: what is put can be opened, whole and in part, until it is deleted`, async (t) => {
    const { store, temporary } = await make(t)
    assert.deepEqual(await store.put(source(bytes.subarray(0, 1000), bytes.subarray(1000))), { hash, size: 300_000 })
    assert.deepEqual(await store.put(source(bytes)), { hash, size: 300_000 })
    assert.deepEqual(await buffer(await store.open(hash)), bytes)
    assert.deepEqual(await buffer(await store.open(hash, { start: 10, end: 19 })), bytes.subarray(10, 20))
    assert.deepEqual(await store.stat(hash), { size: 300_000 })
    await store.delete(hash)
    await store.delete(hash)
    assert.equal(await store.stat(hash), null)
    await assert.rejects(store.open(hash), NotStoredError)
    assert.deepEqual(await readdir(temporary), [])
  })

  test(`${name}: every file is listed, and nothing else`, async (t) => {
    const { store } = await make(t)
    const put = [await store.put(source(bytes)), await store.put(source(Buffer.from('another')))]
    const listed = []
    for await (const file of store.list()) listed.push(file)
    assert.deepEqual(new Map(listed.map((file) => [file.hash, file.size])), new Map(put.map((file) => [file.hash, file.size])))
    assert.ok(listed.every((file) => file.stored_at.getTime() > 0))
  })

  test(`${name}: an empty file is a file`, async (t) => {
    const { store } = await make(t)
    const empty = await store.put(source())
    assert.equal((await buffer(await store.open(empty.hash))).byteLength, 0)
  })

  test(`${name}: nothing is left of a source that fails, is too large or is aborted`, async (t) => {
    const { store, temporary } = await make(t)
    async function* failing() {
      yield bytes
      await Promise.reject(new Error('gone'))
    }
    await assert.rejects(store.put(failing()), /gone/)
    await assert.rejects(store.put(source(bytes), { maxBytes: 299_999 }), TooLargeError)
    const reason = new Error('stop')
    await assert.rejects(store.put(source(bytes), { signal: AbortSignal.abort(reason) }), reason)
    await assert.rejects(store.put(source(bytes), { expectedBytes: 2 ** 60 }), StorageFullError)
    assert.equal(await store.stat(hash), null)
    assert.deepEqual(await readdir(temporary).catch(() => []), [])
  })

  test(`${name}: a file can be handed over`, async (t) => {
    const { store } = await make(t)
    const path = join(await folder(t), 'upload')
    const blob = await writeHashed(source(bytes), path)
    await store.putFile(path, blob)
    assert.equal(existsSync(path), false)
    assert.deepEqual(await buffer(await store.open(hash)), bytes)
  })

  test(`${name}: names that are no hash lead nowhere`, async (t) => {
    const { store } = await make(t)
    for (const odd of ['', '../../etc/passwd', `${'a'.repeat(63)}/`, 'A'.repeat(64)])
      await assert.rejects(store.open(odd), NotStoredError)
  })

  test(`${name}: check passes, and leaves nothing`, async (t) => {
    const { store, temporary } = await make(t)
    await store.check()
    assert.deepEqual(await readdir(temporary), [])
  })

  test(`${name}: what a killed process left is removed, and nothing else`, async (t) => {
    const { store, temporary } = await make(t)
    await mkdir(temporary, { recursive: true })
    for (const file of ['croft-old', 'croft-new', 'other']) await writeFile(join(temporary, file), 'x')
    for (const file of ['croft-old', 'other']) await utimes(join(temporary, file), 0, 0)
    assert.equal(await store.clean(), 1)
    assert.deepEqual((await readdir(temporary)).sort(), ['croft-new', 'other'])
  })
}

test('many puts of the same bytes at once keep one whole copy', async (t) => {
  const { store } = await local(t)
  const blobs = await Promise.all(Array.from({ length: 8 }, () => store.put(source(bytes))))
  assert.deepEqual(new Set(blobs.map((blob) => blob.hash)), new Set([hash]))
  assert.deepEqual(await buffer(await store.open(hash)), bytes)
})

test('s3: large files go in parts', async (t) => {
  const { store, server } = await s3(t)
  const large = randomBytes(11 * 1024 * 1024)
  const blob = await store.put(source(large))
  assert.deepEqual(server.objects.get(`/media/croft/${blob.hash}`), large)
  assert.equal(server.asked.filter((line) => line.startsWith('PUT')).length, 3)
})

test('s3: media is ingested, and inspected again from the bucket by ranges', async (t) => {
  const { store, server } = await s3(t)
  const croft = { ...(await context(t)), store }
  const { url } = await serveFile(t, await readFile(samplePath))
  const first = await ingest(croft, { source: { url }, media_type: 'video' })
  assert.ok(first.ok)
  const [file] = first.media.files
  assert.deepEqual(await ingest(croft, { source: { hash: file?.hash ?? '' }, media_type: 'video' }), first)
  assert.equal(server.objects.size, 1)
})

test('s3: a bucket that refuses fails the check', async (t) => {
  const endpoint = await serve(t, (_request, response) => response.writeHead(403).end())
  const keys = { accessKeyId: 'key', secretAccessKey: 'secret' }
  const store = await openStore({
    kind: 's3',
    bucket: 'b',
    region: 'r',
    endpoint,
    forcePathStyle: true,
    temporaryDir: await folder(t),
    ...keys,
  })
  t.after(() => store.close())
  await assert.rejects(store.check())
})

const otherDisk = ['/dev/shm', '/var/tmp'].find((each) => existsSync(each) && statSync(each).dev !== statSync(tmpdir()).dev)

test('a file from another disk is taken over whole', { skip: otherDisk === undefined }, async (t) => {
  const elsewhere = await mkdtemp(join(otherDisk ?? '', 'croft-test-'))
  t.after(() => rm(elsewhere, { recursive: true }))
  const { store, temporary } = await local(t)
  const path = join(elsewhere, 'upload')
  await store.putFile(path, await writeHashed(source(bytes), path))
  assert.deepEqual(await buffer(await store.open(hash)), bytes)
  assert.deepEqual([await readdir(elsewhere), await readdir(temporary)], [[], []])
})

test('too little free space fails the check and refuses what is put', async (t) => {
  const store = await openStore({ kind: 'local', dir: await folder(t), minFreeBytes: 2 ** 60 })
  await assert.rejects(store.check(), StorageFullError)
  await assert.rejects(store.put(source(bytes)), StorageFullError)
})

test('the disk\'s own "full" is a StorageFullError', { skip: !existsSync('/dev/full') }, async () => {
  const full = await open('/dev/full', 'w')
  await assert.rejects(full.write('x').catch(asStorageError), StorageFullError)
  await full.close()
})
