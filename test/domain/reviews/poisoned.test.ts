import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { readFacts } from '../../../src/domain/health/facts.ts'
import { finalizeDueReviews } from '../../../src/domain/reviews/finalize-due.ts'
import { portal } from '../../api/portal/support.ts'

const p = portal()
const hour = 3_600_000

/** Reviews older than any other, whose finalizing the database refuses for a reason that is not the team's. */
async function poison(good: string, count: number): Promise<void> {
  const { db } = p().server.ctx
  await sql`
    insert into bundles select (jsonb_populate_record(b, jsonb_build_object('id', gen_random_uuid(), 'title', 'poison'))).*
    from bundles b, generate_series(1, ${count}) where b.id = ${good}`.execute(db)
  await sql`
    insert into bundle_accounts select (jsonb_populate_record(a, jsonb_build_object('bundle_id', b.id, 'username', 'poison'))).*
    from bundle_accounts a, bundles b where a.bundle_id = ${good} and b.title = 'poison'`.execute(db)
  await sql`
    update bundle_accounts set in_review_at = in_review_at - interval '1 hour' where username = 'poison'`.execute(db)
  await sql`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'the disk is on fire'; end $$`.execute(
    db,
  )
  await sql`
    create trigger refuse before update on bundle_accounts for each row
    when (old.username = 'poison' and new.status = 'finalized') execute function refuse()`.execute(db)
}

test('100 reviews that can never be finalized hold up no other; they are told, and left alone for longer and longer', async () => {
  const { ctx, clock } = p().server
  const good = await p().inReview()
  await poison(good, 100)
  clock.forward(73 * hour)
  assert.equal(await finalizeDueReviews(ctx), 0, 'the whole batch is poisoned')
  assert.equal(await finalizeDueReviews(ctx), 1, 'the next turn passes them over')
  assert.equal((await p().get(good))['account_status'], 'finalized')
  assert.equal((await readFacts(ctx)).stuckReviews, 100)
  const failures = async () =>
    (await sql<{ most: number }>`select max(failures)::int as most from review_failures`.execute(ctx.db)).rows[0]?.most
  await finalizeDueReviews(ctx)
  assert.equal(await failures(), 1, 'not before its pause is over')
  await sql`
    delete from bundle_accounts where username = 'poison' and bundle_id <> (select subject_id from review_failures limit 1)`.execute(
    ctx.db,
  )
  clock.forward(hour)
  await finalizeDueReviews(ctx)
  assert.equal(await failures(), 2)
  await sql`drop trigger refuse on bundle_accounts`.execute(ctx.db)
})
