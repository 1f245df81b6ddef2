import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { nameMayChange, nameRestriction } from '../../../src/domain/profiles/name-change.ts'
import { daysInMs, platforms } from '../../../src/platforms/index.ts'
import { testDatabase, type TestDatabase } from '../../support/database.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase()
})
after(() => database.close())

// Every instant from 2024 to 2032, and the days around leap days and changes of the clock in New York and Berlin.
const edges = ['2024-02-28', '2024-02-29', '2028-02-29', '2024-03-10', '2024-03-31', '2024-10-27', '2024-11-03', '2026-12-31']
const instant = fc.oneof(
  fc.date({ min: new Date('2024-01-01'), max: new Date('2032-01-01'), noInvalidDate: true }),
  fc
    .tuple(fc.constantFrom(...edges), fc.integer({ min: -86_400_000, max: 2 * 86_400_000 }))
    .map(([day, ms]) => new Date(Date.parse(day) + ms)),
)
const platform = fc.constantFrom('tiktok' as const, 'instagram' as const)

test('a cooldown ends its days times 24 hours after the change, to the millisecond, wherever it falls', () => {
  fc.assert(
    fc.property(platform, instant, (name, changed) => {
      const row = { platform: name, name_changed_at: changed, first_run_at: changed, ready_at: changed }
      const end = changed.getTime() + (name === 'tiktok' ? 7 : 14) * 86_400_000
      const early = nameRestriction(row, new Date(end - 1))
      assert.equal(early?.nextAllowedAt?.getTime(), end)
      assert.equal(nameRestriction(row, new Date(end)), null)
    }),
  )
})

test('before ready, a TikTok name waits for the later of the cooldown and day 5', () => {
  fc.assert(
    fc.property(instant, instant, instant, (started, changed, now) => {
      const row = { platform: 'tiktok' as const, name_changed_at: changed, first_run_at: started, ready_at: null }
      const end = Math.max(started.getTime() + 5 * 86_400_000, changed.getTime() + 7 * 86_400_000)
      const found = nameRestriction(row, now)
      if (now.getTime() >= end) assert.equal(found, null)
      else assert.equal(found?.nextAllowedAt?.getTime(), end)
    }),
  )
})

test('the condition on the row says the same as the rule, in whatever zone the database session is', async () => {
  const { every, fromWarmup } = platforms.tiktok.name
  const near = (start: Date, ms: number) => fc.constantFrom(ms - 1, ms, ms + 1).map((after) => new Date(start.getTime() + after))
  const moment = instant.chain((start) =>
    fc.record({
      platform,
      name_changed_at: fc.option(fc.constant(start)),
      first_run_at: fc.option(fc.constant(start)),
      ready_at: fc.option(fc.constant(start)),
      now: fc.oneof(
        near(start, daysInMs(every)),
        near(start, daysInMs(fromWarmup)),
        near(start, daysInMs(platforms.instagram.name.every)),
      ),
    }),
  )
  await fc.assert(
    fc.asyncProperty(moment, fc.constantFrom('UTC', 'America/New_York', 'Asia/Kathmandu'), async ({ now, ...row }, zone) => {
      const { rows } = await database.db.transaction().execute(async (trx) => {
        await sql`select set_config('timezone', ${zone}, true)`.execute(trx)
        const values = sql`select ${row.name_changed_at}::timestamptz, ${row.first_run_at}::timestamptz, ${row.ready_at}::timestamptz`
        return sql<{ may: boolean }>`
          select coalesce(${nameMayChange(row.platform, now)}, false) as may
          from (${values}) as p (name_changed_at, first_run_at, ready_at)`.execute(trx)
      })
      assert.equal(rows[0]?.may, nameRestriction(row, now) === null)
    }),
    { numRuns: 200 },
  )
})
