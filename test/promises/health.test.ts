import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createCroft } from '../../src/app/croft.ts'
import { readSettings } from '../../src/config/read.ts'
import { SchemaTooNewError } from '../../src/db/migrate.ts'
import { accept } from '../support/posts.ts'
import { readyProfile } from '../support/ready-profile.ts'
import { testCroft, type TestCroft } from '../support/croft.ts'
import { until } from '../support/wait.ts'

let croft: TestCroft
before(async () => {
  croft = await testCroft({ work: false })
})
after(() => croft.stop())

test('/metrics is Prometheus’ text, with the work of all processes', async () => {
  await croft.request('GET', '/v1/team')
  await accept(croft.team, await readyProfile(croft.ctx, croft.team))
  const body = await until(async () => {
    const text = String((await croft.request('GET', '/metrics')).body)
    return /^croft_posts_preparing 1$/m.test(text) && text
  })
  for (const name of [
    'croft_workers 0',
    'croft_database_up 1',
    'croft_post_oldest_overdue_seconds',
    'croft_queue_depth\\{queue="prepare-post"\\}',
    'croft_queue_dead',
    'croft_http_request_duration_seconds_bucket',
  ])
    assert.match(body, new RegExp(`^${name}`, 'm'))
})

test('/readyz tells the same, and is red without a worker', async () => {
  const { status, body } = await croft.request('GET', '/readyz')
  const { checks, work } = body as { checks: { jobs: { ok: boolean } }; work: Record<string, unknown> }
  assert.deepEqual([status, checks.jobs.ok, work['workers_seen']], [503, false, 0])
  assert.deepEqual(Object.keys(work['queue_depth'] as object).sort(), ['check-video', 'prepare-post', 'wake-profile'])
})

test('a process refuses a schema that a newer version broke, and bears one that it added to', async () => {
  const settings = readSettings({ PORT: '0', LOG_LEVEL: 'silent', CROFT_DATA_DIR: croft.dataDir })
  const open = () => createCroft({ ...settings, CROFT_ROLE: 'api' }, { connection: croft.database.connection })
  const { pool } = croft.database
  await pool.query(`insert into migrations (number, name, breaking) values (9001, 'added', false)`)
  await (await open()).stop(0)
  await pool.query(`insert into migrations (number, name, breaking) values (9002, 'broken', true)`)
  await assert.rejects(open, (error) => error instanceof SchemaTooNewError && /9002, broken/.test(error.message))
  await pool.query('delete from migrations where number > 9000')
})
