import assert from 'node:assert/strict'
import { stat } from 'node:fs/promises'
import { test } from 'node:test'
import { prepareSocketDir, removeSocketDir } from '../../../src/db/embedded/socket-dir.ts'
import { databaseUser } from '../../../src/db/embedded/user.ts'
import { freshDataDir } from './support.ts'

test('a folder that one who leaves removes is there all the same for the one who comes', async (t) => {
  const cluster = await freshDataDir(t)
  const user = await databaseUser()
  const path = await prepareSocketDir(cluster, user)
  t.after(() => removeSocketDir(path))
  for (let round = 0; round < 300; round += 1) {
    const [prepared] = await Promise.all([prepareSocketDir(cluster, user), removeSocketDir(path)])
    assert.equal(prepared, path)
  }
  await prepareSocketDir(cluster, user)
  const found = await stat(path)
  assert.deepEqual([found.uid, found.mode & 0o777], [user.uid, 0o700])
})
