import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import { chaos, small } from '../../bench/chaos/chaos.ts'

const seed = Number(process.env['CHAOS_SEED'] ?? randomInt(1_000_000))
const skip = existsSync('/usr/lib/postgresql') ? false : 'no Postgres server is installed: apt-get install postgresql'

test(`processes are killed and the database loses its power, and no promise breaks (seed ${seed})`, { skip }, async () => {
  const outcome = await chaos(seed, small)
  assert.deepEqual(outcome.broken, [])
  assert.ok(outcome.kills > 0 && outcome.refused > 0, 'there was something to withstand')
})
