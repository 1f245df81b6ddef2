import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { beginning } from '../../src/domain/events/order.ts'
import { readEvents } from '../../src/domain/events/list.ts'
import { fanOut } from '../../src/domain/webhooks/fan-out.ts'
import { migrate } from '../../src/db/migrate.ts'
import { testCroft, type TestCroft } from '../support/croft.ts'
import { until } from '../support/wait.ts'
import { register } from './support/endpoints.ts'
import { happen } from './support/events.ts'

let croft: TestCroft
before(async () => {
  croft = await testCroft({ work: false })
})
after(() => croft.stop())

test('a dump restored on a younger server hides no event, and loses no webhook', async () => {
  const { ctx, database, team } = croft
  await register(croft, team.key, 'https://hooks.example.com/croft')
  const told = await happen(team.unit)
  await until(() => fanOut(ctx))
  const untold = await happen(team.unit)
  await database.pool.query(`update events set xid = (xid::text::bigint + 1000000000)::text::xid8`)
  await database.pool.query(`update event_fan_out set xid = (xid::text::bigint + 1000000000)::text::xid8`)
  const read = async () => (await readEvents(ctx, team.id, { after: beginning, limit: 10 })).items.map((one) => one.id)
  assert.deepEqual(await read(), [], 'as on a server whose transactions have not come so far')
  await migrate(database.pool)
  assert.deepEqual(await read(), [told, untold])
  const later = await happen(team.unit)
  await until(async () => (await read()).length === 3)
  const deliveries = () => ctx.db.selectFrom('deliveries').select('event_id').orderBy('id').execute()
  await until(async () => {
    await fanOut(ctx)
    return (await deliveries()).length === 3
  })
  const ids = (await deliveries()).map((row) => row.event_id)
  assert.deepEqual(ids, [told, untold, later])
})
