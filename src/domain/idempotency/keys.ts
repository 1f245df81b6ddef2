import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { newId } from '../../lib/ids.ts'
import type { Context } from '../../kernel/context.ts'
import { CroftError } from '../../kernel/errors.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'

export interface StoredAnswer {
  status: number
  body: string
}

/** A key that this request holds until its answer is stored, or it failed. */
export interface HeldKey {
  teamId: string
  key: string
  holder: string
}

const leaseUntil = sql<Date>`now() + interval '60 seconds'`
/** Until when keys must have been taken to be past their time. */
const tooOld = (ctx: Context) => sql<Date>`${ctx.databaseClock.now()} - interval '24 hours'`

/** What makes two requests the same: method, path and body. */
export const fingerprint = (method: string, path: string, body: string): Buffer =>
  createHash('sha256').update(`${method}\n${path}\n${body}`).digest()

/** Whether a key `k` may be taken: its request died without an answer, or its answer is too old to be kept. @param now as SQL */
export const freeAt = (now: string): string =>
  `((k.status is null and k.lease_until < now()) or k.created_at < ${now} - interval '24 hours')`
const free = (ctx: Context) => sql<boolean>`((k.status is null and k.lease_until < now()) or k.created_at < ${tooOld(ctx)})`

async function insert(ctx: Context, held: HeldKey, print: Buffer): Promise<boolean> {
  const { rows } = await sql`
    insert into idempotency_keys as k (team_id, key, fingerprint, holder, lease_until, created_at)
    values (${held.teamId}, ${held.key}, ${print}, ${held.holder}, ${leaseUntil}, ${ctx.databaseClock.now()})
    on conflict (team_id, key) do update set fingerprint = excluded.fingerprint, holder = excluded.holder, lease_until = excluded.lease_until,
      status = null, body = null, created_at = excluded.created_at
    where ${free(ctx)}
    returning 1`.execute(ctx.db)
  return rows.length > 0
}

export interface KeyRow {
  fingerprint: Buffer
  status: number | null
  body: string | null
}

/** @returns the error of a key whose first request has not been answered yet */
export const keyInUse = (): CroftError =>
  new CroftError(
    'idempotency_key_in_use',
    'The first request with this Idempotency-Key is still running. Try again in a moment.',
    {},
    1,
  )

/**
 * What the first request with a key was answered.
 * @throws CroftError `idempotency_key_reused`, `idempotency_key_in_use`, `not_found` once it has been erased
 */
export function answerOf(row: KeyRow, print: Buffer): StoredAnswer {
  if (!row.fingerprint.equals(print)) throw reusedKey()
  if (row.status === null || row.body === null) throw keyInUse()
  if (row.body === '')
    throw new CroftError('not_found', 'What the first request with this Idempotency-Key made has been erased. Use a new key.')
  return { status: row.status, body: row.body }
}

/**
 * Takes a key for a request, or answers what the first request with it was answered.
 * @throws CroftError `idempotency_key_reused`, `idempotency_key_in_use`
 */
export async function takeKey(
  ctx: Context,
  teamId: string,
  key: string,
  print: Buffer,
): Promise<{ held: HeldKey } | { answer: StoredAnswer }> {
  const held: HeldKey = { teamId, key, holder: newId() }
  if (await insert(ctx, held, print)) return { held }
  const answer = await findAnswer(ctx, teamId, key, print)
  if (!answer) throw keyInUse()
  return { answer }
}

/**
 * What the first request with a key was answered, or null if there was none.
 * @throws CroftError `idempotency_key_reused`, `idempotency_key_in_use`
 */
export async function findAnswer(ctx: Context, teamId: string, key: string, print: Buffer): Promise<StoredAnswer | null> {
  const row = await ctx.db
    .selectFrom('idempotency_keys as k')
    .select(['fingerprint', 'status', 'body'])
    .where('team_id', '=', teamId)
    .where('key', '=', key)
    .where((eb) => eb.not(free(ctx)))
    .executeTakeFirst()
  return row ? answerOf(row, print) : null
}

/** Stores the answer in the transaction of the change. @throws CroftError `idempotency_key_in_use` where the lease ran out and another request has the key */
export async function storeAnswer(tx: Tx, held: HeldKey, answer: StoredAnswer): Promise<void> {
  const stored = await tx.trx
    .updateTable('idempotency_keys')
    .set({ status: answer.status, body: answer.body, holder: null, lease_until: null })
    .where('team_id', '=', held.teamId)
    .where('key', '=', held.key)
    .where('holder', '=', held.holder)
    .executeTakeFirst()
  if (stored.numUpdatedRows === 0n) throw keyInUse()
}

/** Holds a key for another 60 s, for a request that runs long, as an upload. */
export async function extendKey(ctx: Context, held: HeldKey): Promise<void> {
  await ctx.db
    .updateTable('idempotency_keys')
    .set({ lease_until: leaseUntil })
    .where('team_id', '=', held.teamId)
    .where('key', '=', held.key)
    .where('holder', '=', held.holder)
    .execute()
}

/** @returns the error of a key that comes with another request than the first time */
export const reusedKey = (): CroftError =>
  new CroftError(
    'idempotency_key_reused',
    'This Idempotency-Key was used for a different request. Use a new key for each new request.',
  )

/** Gives a key back after a request that changed nothing. */
export async function releaseKey(ctx: Context, held: HeldKey): Promise<void> {
  await ctx.db
    .deleteFrom('idempotency_keys')
    .where('team_id', '=', held.teamId)
    .where('key', '=', held.key)
    .where('holder', '=', held.holder)
    .execute()
}
