import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { freePort } from '../../../bench/free-port.ts'
import { connectionUrl } from '../../support/connection-url.ts'
import { until } from '../../support/wait.ts'
import { editBody, portal, savedAccount } from './support.ts'

const p = portal()

test('100 edit requests at once, the server killed among them: in the end exactly 10, each paid, and nothing else', async (t) => {
  const { server, manager, grant } = p()
  const { ctx, team, key } = server
  const port = await freePort()
  const address = `http://127.0.0.1:${port}`
  const child = spawn(process.execPath, ['bin/croft.js', 'serve'], {
    stdio: 'ignore',
    detached: true,
    env: {
      ...process.env,
      PORT: String(port),
      DATABASE_URL: connectionUrl(server.database.connection),
      CROFT_DATA_DIR: dirname(ctx.temporaryDir),
      LOG_LEVEL: 'silent',
    },
  })
  const kill = () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL')
  }
  t.after(kill)
  await grant(80)
  const accounts = await Promise.all(Array.from({ length: 100 }, () => savedAccount(server, manager.id)))
  await until(
    () =>
      fetch(`${address}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      ),
    { what: 'the server', timeoutMs: 30_000 },
  )
  let heard = 0
  let late: Promise<PromiseSettledResult<number>[]> = Promise.resolve([])
  const ask = async (account: string): Promise<number> => {
    const answer = await fetch(`${address}/api/ext/accounts/${account}/edit-request`, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'application/json' },
      body: JSON.stringify(editBody()),
    })
    await answer.arrayBuffer()
    heard += 1
    // However fast it answers: the last requests are sent in the moment of its death.
    if (heard === 4) {
      late = Promise.allSettled(accounts.slice(80).map(ask))
      kill()
    }
    return answer.status
  }
  const early = await Promise.allSettled(accounts.slice(0, 80).map(ask))
  const settled = [...early, ...(await late)]
  assert.ok(settled.some(({ status }) => status === 'rejected'))
  const requests = () => ctx.db.selectFrom('edit_requests').select(['id', 'debit_id']).where('team_id', '=', team.id).execute()
  const debits = async () =>
    (await ctx.db.selectFrom('credit_entries').selectAll().where('team_id', '=', team.id).orderBy('seq').execute()).filter(
      ({ type }) => type === 'debit',
    )
  const agree = async (): Promise<number> => {
    const [made, paid] = [await requests(), await debits()]
    assert.deepEqual(made.map(({ debit_id }) => debit_id).sort(), paid.map(({ id }) => id).sort())
    assert.equal(await p().balance(), 80 - 8 * made.length)
    const items = await ctx.db.selectFrom('work_items').select('id').where('kind', '=', 'edit_request').execute()
    assert.equal(items.length, made.length)
    return made.length
  }
  // What the killed server had begun ends with its connections.
  await until(async () => {
    const open = await server.database.pool.query<{ n: string }>(
      `select count(*) as n from pg_stat_activity where datname = current_database() and application_name = 'croft' and xact_start is not null and pid <> pg_backend_pid()`,
    )
    return Number(open.rows[0]?.n) === 0
  })
  const afterKill = await agree()
  assert.ok(afterKill <= 10)
  await Promise.all(accounts.map((account) => p().edit(account)))
  assert.equal(await agree(), 10)
})
