import { run, statement } from '../../db/statement.ts'
import type { Context } from '../../kernel/context.ts'
import { CroftError } from '../../kernel/errors.ts'
import { gather } from '../../kernel/group-commit.ts'
import { transact, type Entry, type SharedTx, type SharedWrite } from '../../kernel/unit-of-work.ts'
import { answerOf, freeAt, keyInUse, type KeyRow, type StoredAnswer } from './keys.ts'

/** A request's Idempotency-Key, and how its answer follows from what the write made. */
export interface Keyed<O> {
  key: string
  print: Buffer
  answer: (made: O) => StoredAnswer
}

interface SharedEntry<I, O> extends Entry<I> {
  keyed: Keyed<O> | null
}

/** What a shared write made for a caller, or what the first request with the same key was answered. */
export type Shared<O> = { made: O } | { replay: StoredAnswer }

/** Entries per transaction. */
const most = 100
/** After which a batch whose keys others keep on taking is given up. */
const mostTries = 3
/** While one batch is committed, the next is gathered and begun. */
const atOnce = 2

const placeOf = (teamId: string, key: string): string => `${teamId} ${key}`

// Lateral, so that the plan is by index even if it was made while the table was empty.
const findKept = statement<KeyRow & { team_id: string; key: string }>(
  'find_idempotency_keys',
  `select given.team_id, given.key, kept.fingerprint, kept.status, kept.body
  from unnest($1::uuid[], $2::text[]) as given (team_id, key)
  cross join lateral (
    select k.fingerprint, k.status, k.body from idempotency_keys k
    where k.team_id = given.team_id and k.key = given.key and not ${freeAt('coalesce($3::timestamptz, now())')} limit 1
  ) kept`,
)

/** What is known of the keys by now, by team and key. */
async function findKeys<I, O>(tx: SharedTx, entries: readonly SharedEntry<I, O>[]): Promise<Map<string, KeyRow>> {
  const keyed = entries.flatMap(({ caller, keyed }) => (keyed ? [{ teamId: caller.teamId, key: keyed.key }] : []))
  if (keyed.length === 0) return new Map()
  const now = tx.ctx.databaseClock.substitute()
  const rows = await run(tx.trx, findKept, [keyed.map(({ teamId }) => teamId), keyed.map(({ key }) => key), now])
  return new Map(rows.map((row) => [placeOf(row.team_id, row.key), row]))
}

const store = statement<{ stored: number }>(
  'store_idempotency_keys',
  `insert into idempotency_keys as k (team_id, key, fingerprint, status, body, created_at)
  select team_id, key, fingerprint, status, body, coalesce($6::timestamptz, now())
  from unnest($1::uuid[], $2::text[], $3::bytea[], $4::integer[], $5::text[]) as given (team_id, key, fingerprint, status, body)
  on conflict (team_id, key) do update set fingerprint = excluded.fingerprint, status = excluded.status, body = excluded.body,
    holder = null, lease_until = null, created_at = excluded.created_at
  where ${freeAt('coalesce($6::timestamptz, now())')}
  returning 1 as stored`,
)

interface KeptAnswer {
  place: string
  teamId: string
  key: string
  print: Buffer
  answer: StoredAnswer
}

/** Undoes a transaction in which a key turned out to be taken. */
class KeyTaken extends Error {}

/** Stores the answers with their keys. @throws KeyTaken */
async function storeAnswers(tx: SharedTx, answers: readonly KeptAnswer[]): Promise<void> {
  if (answers.length === 0) return
  // In one order in every process, so that two transactions cannot wait for each other.
  const sorted = answers.toSorted((a, b) => (a.place < b.place ? -1 : 1))
  const stored = await run(tx.trx, store, [
    sorted.map(({ teamId }) => teamId),
    sorted.map(({ key }) => key),
    sorted.map(({ print }) => print),
    sorted.map(({ answer }) => answer.status),
    sorted.map(({ answer }) => answer.body),
    tx.ctx.databaseClock.substitute(),
  ])
  if (stored.length < answers.length) throw new KeyTaken()
}

/** Answers entries whose keys are known, and lets one entry of each other key through. */
function settleKnown<I, O>(
  entries: readonly SharedEntry<I, O>[],
  known: ReadonlyMap<string, KeyRow>,
): (Shared<O> | Error | null)[] {
  const first = new Set<string>()
  return entries.map(({ caller, keyed }) => {
    if (!keyed) return null
    const place = placeOf(caller.teamId, keyed.key)
    try {
      const row = known.get(place)
      if (row) return { replay: answerOf(row, keyed.print) }
      if (first.has(place)) throw keyInUse()
      first.add(place)
      return null
    } catch (error) {
      if (error instanceof CroftError) return error
      throw error
    }
  })
}

/** One transaction for all entries: their keys, their effects, and the answers that are kept for the keys. @throws KeyTaken */
function runOnce<I, O>(ctx: Context, write: SharedWrite<I, O>, entries: readonly SharedEntry<I, O>[], lookFirst: boolean) {
  return transact(ctx, async (tx): Promise<(Shared<O> | Error)[]> => {
    const results = settleKnown(entries, lookFirst ? await findKeys(tx, entries) : new Map())
    const open = entries.filter((_, index) => results[index] === null)
    const made = (open.length > 0 ? await write(tx, open) : []).values()
    const answers: KeptAnswer[] = []
    const settled = results.map((result, index) => {
      if (result !== null) return result
      const one = made.next().value
      if (one === undefined) throw new Error('a shared write answered less than it was asked')
      if (one instanceof Error) return one
      const { caller, keyed } = entries[index] ?? {}
      if (caller && keyed) {
        const { teamId } = caller
        const { key, print } = keyed
        answers.push({ place: placeOf(teamId, key), teamId, key, print, answer: keyed.answer(one) })
      }
      return { made: one }
    })
    await storeAnswers(tx, answers)
    return settled
  })
}

/** Nearly every key is new, so that looking for them pays only once one of them has turned out not to be. */
async function runBatch<I, O>(ctx: Context, write: SharedWrite<I, O>, entries: readonly SharedEntry<I, O>[]) {
  for (let tries = 0; ; tries += 1) {
    try {
      return await runOnce(ctx, write, entries, tries > 0)
    } catch (error) {
      if (!(error instanceof KeyTaken)) throw error
      // Others keep on taking keys at the same moment: each entry runs alone.
      if (tries === mostTries) throw keyInUse()
    }
  }
}

type Gatherer<I, O> = (entry: SharedEntry<I, O>) => Promise<Shared<O>>
const gatherers = new WeakMap<Context, Map<unknown, unknown>>()

/**
 * Carries out a shared write together with what others ask of it at the time. The answer is kept for the key if and only
 * if the effect is: they are of one transaction.
 * @param ctx the process's own: what is gathered goes by it
 * @throws CroftError the entry's own refusal, `idempotency_key_reused` or `idempotency_key_in_use`
 */
export function commitTogether<I, O>(ctx: Context, write: SharedWrite<I, O>, entry: SharedEntry<I, O>): Promise<Shared<O>> {
  const own = gatherers.get(ctx) ?? new Map<unknown, unknown>()
  gatherers.set(ctx, own)
  const known = own.get(write)
  // Each write has a gatherer of its own types.
  const join = known
    ? (known as Gatherer<I, O>)
    : gather((entries: SharedEntry<I, O>[]) => runBatch(ctx, write, entries), { most, atOnce })
  if (!known) own.set(write, join)
  return join(entry)
}
