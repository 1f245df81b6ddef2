import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { defaultLimits } from '../../../src/media/index.ts'
import type { Isolation } from '../../../src/media/isolated/pool.ts'
import { fileReader } from '../../../src/media/readers/byte-reader.ts'
import { inspectVideo } from '../../../src/media/video/inspect.ts'
import { fixturePath, folder, isolation, samplePath } from '../support.ts'

/** The isolation of the tests, counting what it is asked. */
function counted(): Isolation & { runs: number } {
  const one: Isolation & { runs: number } = {
    runs: 0,
    run: (...job) => {
      one.runs += 1
      return isolation.run(...job)
    },
    takeMemory: (...place) => isolation.takeMemory(...place),
    pids: () => isolation.pids(),
    close: () => Promise.resolve(),
  }
  return one
}

test('a video is read once, whoever posts it; another with a byte of difference is read for itself', async (t) => {
  const dir = await folder(t)
  const own = counted()
  const inspect = async (path: string, owner: string) => {
    const reader = await fileReader(path)
    const context = { isolation: own, owner, temporaryDir: dir, limits: defaultLimits }
    return inspectVideo(reader, context).finally(() => reader.close())
  }
  const first = await inspect(samplePath, 'one team')
  const bytes = await readFile(samplePath)
  const [copy, longer, other] = ['copy', 'longer', 'other'].map((name) => join(dir, name)) as [string, string, string]
  await writeFile(copy, bytes)
  assert.deepEqual(await inspect(copy, 'another team'), first)
  assert.equal(own.runs, 1)
  const free = Buffer.from('00000008' + Buffer.from('free').toString('hex'), 'hex')
  await writeFile(longer, Buffer.concat([bytes, free]))
  assert.equal((await inspect(longer, 'one team')).info?.size, bytes.length + free.length)
  assert.equal(own.runs, 2)
  // The matrix of the first track's header turns the picture: one byte of the index.
  const at = bytes.indexOf('tkhd') + 4 + 4 * 10
  const turned = Buffer.from(bytes)
  turned.writeInt32BE(-65_536, at)
  await writeFile(other, turned)
  await inspect(other, 'one team')
  assert.equal(own.runs, 3)
})

test('the faults of a video that was read before are told each time', async (t) => {
  const own = counted()
  const context = { isolation: own, owner: 'a team', temporaryDir: await folder(t), limits: defaultLimits }
  for (const time of ['first', 'second']) {
    const reader = await fileReader(fixturePath('61s.mp4'))
    const { problems } = await inspectVideo(reader, context).finally(() => reader.close())
    assert.deepEqual(problems, [{ code: 'media_too_long', message: '61.5 s, at most 60 s' }], time)
  }
  assert.equal(own.runs, 1)
})
