import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { connectionUrl } from '../../support/connection-url.ts'
import { portal } from './support.ts'

const run = promisify(execFile)
const p = portal()

test('croft credits grant, beside a running server', async () => {
  const { ctx, database } = p().server
  const env = { ...process.env, DATABASE_URL: connectionUrl(database.connection), CROFT_DATA_DIR: dirname(ctx.temporaryDir) }
  const croft = (...args: string[]) => run(process.execPath, ['bin/croft.js', 'credits', 'grant', ...args], { env })
  const { stdout } = await croft('--team', 'test', '--amount', '100')
  assert.equal(stdout, 'The team test was given 100 credits; its balance is 100.\n')
  assert.equal(await p().balance(), 100)
  for (const amount of ['0', '-5', '1.5', 'ten', '99999999999'])
    await assert.rejects(croft('--team', 'test', `--amount=${amount}`), /must be a whole number/)
  await assert.rejects(croft('--team', 'nobody', '--amount', '5'), /No team is named nobody/)
  assert.equal(await p().balance(), 100)
})
