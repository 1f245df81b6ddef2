import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { connectionUrl } from '../support/connection-url.ts'
import { environment } from '../support/croft-process.ts'
import { testDatabase } from '../support/database.ts'

const run = promisify(execFile)

test('a key makes no team unless it is asked to, and teams are listed', async (t) => {
  const database = await testDatabase()
  t.after(() => database.close())
  const home = await mkdtemp(join(tmpdir(), 'croft-teams-'))
  t.after(() => rm(home, { recursive: true, force: true }))
  const dataDir = join(home, 'new')
  const env = environment({ DATABASE_URL: connectionUrl(database.connection), CROFT_DATA_DIR: dataDir })
  const croft = (...args: string[]) => run(process.execPath, ['bin/croft.js', ...args], { env })
  const teams = async () => (await croft('teams', 'list')).stdout.split('\n').flatMap((line) => line.split('  ')[2] ?? [])
  const refused = await croft('keys', 'create', '--team', 'Acme').then(
    () => assert.fail('it made a key'),
    (error: unknown) => error as { code: number; stdout: string; stderr: string },
  )
  assert.deepEqual([refused.code, refused.stdout], [1, ''])
  assert.match(refused.stderr, /^No team is named Acme\. .*--create-team\.\n$/m)
  assert.ok(refused.stderr.startsWith(`Creating the data directory ${dataDir}, which does not exist`))
  const made = await croft('keys', 'create', '--team', 'Acme', '--create-team')
  assert.match(made.stdout, /^croft_[0-9A-Za-z]{46}\n$/)
  assert.doesNotMatch(made.stderr, /data directory/)
  await croft('teams', 'create', 'Belfry & Sons')
  assert.deepEqual(await teams(), ['Acme', 'Belfry & Sons'])
  await assert.rejects(croft('teams', 'create', 'Acme'), /A team named Acme already/)
  await assert.rejects(croft('webhooks', 'secret', '--team', 'Typo'), /No team is named Typo\. croft teams list shows them\./)
})
