import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { personalData } from '../../../docs/personal-data.ts'
import { eraseTeam } from '../../../src/domain/erasure/team.ts'
import { pruneAll } from '../../../src/domain/retention/chores.ts'
import { sweepFiles } from '../../../src/domain/retention/files.ts'
import { fanOut } from '../../../src/domain/webhooks/fan-out.ts'
import { createEndpoint } from '../../../src/domain/webhooks/create-endpoint.ts'
import { drivePost } from '../../support/drive.ts'
import { startMediaServer, type MediaServer } from '../../support/media-server.ts'
import { accept, prepared } from '../../support/posts.ts'
import { newUsername, readyProfile } from '../../support/ready-profile.ts'
import { portal } from '../../api/portal/support.ts'

const p = portal()
const marker = 'mark3r'
let media: MediaServer
before(async () => {
  media = await startMediaServer()
})
after(() => media.stop())

interface Column {
  t: string
  c: string
  type: string
}
const columns = async (): Promise<Column[]> =>
  (
    await sql<Column>`
      select table_name as t, column_name as c, data_type as type from information_schema.columns where table_schema = 'public'`.execute(
      p().server.ctx.db,
    )
  ).rows

test('every column of the database stands in the registry', async () => {
  const named = Object.entries(personalData).flatMap(([t, rule]) => rule.columns.split(' ').map((c) => `${t}.${c}`))
  assert.deepEqual((await columns()).map(({ t, c }) => `${t}.${c}`).sort(), named.sort())
})

/** What the tables hang together by. */
const links = /^(driver|session|ref|token|files|lane|submission|key)$|(^|_)id$/

/** Puts the marker into every text that the registry says is erased, wherever a constraint lets it. */
async function mark(which: (rule: string, c: Column) => boolean, where: Record<string, string> = {}): Promise<number> {
  const { db } = p().server.ctx
  let marked = 0
  for (const column of await columns()) {
    const rule = personalData[column.t]
    if (!rule || !which(rule.erased, column) || links.test(column.c)) continue
    const name = sql.ref(column.c)
    const value =
      column.type === 'text'
        ? sql`coalesce(${name}, '') || ${` ${marker}`}::text || ctid::text`
        : column.type === 'jsonb'
          ? sql`case when jsonb_typeof(${name}) = 'array' then ${name} || jsonb_build_array(${marker}::text)
              else coalesce(nullif(${name}, 'null'), '{}') || jsonb_build_object('note', ${marker}::text) end`
          : column.type === 'ARRAY'
            ? sql`array[${marker}]`
            : null
    if (!value) continue
    marked += await db
      .transaction()
      .execute((trx) =>
        sql`update ${sql.table(column.t)} set ${name} = ${value} where ${sql.raw(where[column.t] ?? 'true')}`.execute(trx),
      )
      .then(
        () => 1,
        () => 0,
      )
  }
  return marked
}

/** Where the marker, or another text, stands in the database or in a stored file. */
async function found(text = marker): Promise<string[]> {
  const { db } = p().server.ctx
  const places: string[] = []
  const { rows } = await sql<{ name: string }>`
    select table_schema || '.' || table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE'`.execute(db)
  for (const { name } of rows) {
    const hit = await sql<{
      row: string
    }>`select t::text as row from ${sql.table(name)} t where strpos(t::text, ${text}) > 0`.execute(db)
    places.push(...hit.rows.map(({ row }) => `${name} ${row}`))
  }
  return places
}

/** A team’s life: a profile with a picture and posts, a delivered account with an edit request, an endpoint that is told. */
async function life(key: string) {
  const { server, request } = p()
  const { ctx, team, clock } = server
  await createEndpoint(team.unit, { url: 'https://hooks.example.com/', events: null, description: 'Ours' })
  const profile = await readyProfile(ctx, team)
  const changed = await request(
    'PATCH',
    `/v1/farm-profiles/${profile.id}`,
    { bio: 'Rye', profile_picture_url: p().pictures.url() },
    { 'idempotency-key': key },
  )
  assert.equal(changed.status, 200, JSON.stringify(changed.body))
  const post = await drivePost(ctx, clock, await prepared(ctx, team, profile, { mediaUrl: media.url('sample.mp4') }))
  const open = await accept(team, profile, { mediaUrl: media.url('sample.mp4') })
  const delivered = await p().delivered()
  assert.equal((await p().edit(delivered, { requested_username: newUsername() })).status, 201)
  while (await fanOut(ctx));
  await sql`update deliveries set status = 'delivered', ended_at = now() where id in (select id from deliveries order by id limit 5)`.execute(
    ctx.db,
  )
  return { profile: profile.id, post: post.id, open: open.id, delivered }
}

const stored = async (): Promise<number> => {
  let n = 0
  for await (const file of p().server.ctx.store.list()) n += file.size > 0 ? 1 : 0
  return n
}

test('of an erased profile no text is left, every route answers 404, and the ledger stays', async () => {
  const { server, request } = p()
  const { ctx, clock } = server
  const { profile, post, open, delivered } = await life('kept')
  // Rows of the team’s own, such as its credits and endpoints, stay.
  const ofProfiles = {
    events: "type not like 'credits.%'",
    deliveries: "type not like 'credits.%'",
    audit: "subject ~ '^(profile|post|bundle|edit_request|work|media):'",
  }
  const isOurs = (rule: string, { t, c }: Column) =>
    rule === 'row'
      ? t !== 'deliveries' || c === 'body'
      : rule === 'emptied' && (personalData[t]?.emptied ?? '').split(' ').includes(c)
  assert.ok((await mark(isOurs, ofProfiles)) > 60)
  const balance = await p().balance()
  assert.ok((await stored()) > 0)
  const dry = await request('DELETE', `/v1/farm-profiles/${profile}`, undefined, { 'x-dry-run': 'true' })
  assert.equal(dry.status, 200, JSON.stringify(dry.body))
  assert.equal((await request('GET', `/v1/posts/${post}`)).status, 200)
  const erased = await request('DELETE', `/v1/farm-profiles/${profile}`)
  assert.equal(erased.status, 200, JSON.stringify(erased.body))
  const report = erased.body as { erased: Record<string, number>; kept: Record<string, number> }
  assert.deepEqual([report.erased['posts'], report.erased['profiles']], [2, 1])
  assert.ok((report.erased['media'] ?? 0) >= 2 && (report.kept['audit'] ?? 0) > 0 && (report.kept['events'] ?? 0) > 0)
  const account = await request('DELETE', `/v1/accounts/${delivered}`)
  assert.deepEqual(
    { ...(account.body as object), deletedAt: undefined },
    { accountId: delivered, deleted: true, deletedAt: undefined },
  )
  assert.ok((account.body as { deletedAt: string }).deletedAt.endsWith('Z'))
  assert.equal(await p().balance(), balance + 8, 'the open edit request came back')
  for (const path of [
    `/v1/farm-profiles/${profile}`,
    `/v1/farm-profiles/${profile}/timeline`,
    `/v1/posts/${post}`,
    `/v1/posts/${open}`,
    `/v1/accounts/${delivered}`,
    `/api/ext/accounts/${delivered}/edit-request`,
  ])
    assert.equal((await request('GET', path)).status, 404, path)
  assert.equal((await request('DELETE', `/v1/farm-profiles/${profile}`)).status, 404)
  assert.equal(
    (
      await request(
        'PATCH',
        `/v1/farm-profiles/${profile}`,
        { bio: 'Rye', profile_picture_url: p().pictures.url() },
        { 'idempotency-key': 'kept' },
      )
    ).status,
    404,
  )
  assert.equal((await request('GET', '/v1/events')).status, 200)
  await sweepFiles(ctx)
  assert.equal(await stored(), 0)
  clock.forward(1)
  assert.deepEqual(await found(), [])
})

test('of an erased team no text is left but the ids of its ledger', async () => {
  const { server } = p()
  const { ctx, team } = server
  await life('other')
  await mark((rule) => rule === 'team' || rule === 'row')
  await mark((_, { t, c }) => (personalData[t]?.emptied ?? '').split(' ').includes(c))
  const { rows: before } = await sql<{ n: number }>`select count(*)::int as n from credit_entries`.execute(ctx.db)
  // Cut off in the middle, as by a kill: what was deleted stays deleted, and another call goes on.
  await sql`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'cut off'; end $$`.execute(
    ctx.db,
  )
  await sql`create trigger refuse before delete on profiles for each row execute function refuse()`.execute(ctx.db)
  await assert.rejects(eraseTeam(ctx, team.id), /cut off/)
  await sql`drop trigger refuse on profiles`.execute(ctx.db)
  const report = await eraseTeam(ctx, team.id)
  assert.ok((report.kept['credit_entries'] ?? 0) >= (before[0]?.n ?? 0))
  await sweepFiles(ctx)
  await pruneAll(ctx)
  assert.deepEqual(await found(), [])
  assert.equal(await stored(), 0)
  const left = await sql<{ name: string }>`select name from teams where id = ${team.id}`.execute(ctx.db)
  assert.equal(left.rows[0]?.name, `erased ${team.id}`)
  assert.equal((await server.request('GET', '/v1/posts')).status, 401)
})
