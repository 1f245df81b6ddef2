import { sql } from 'kysely'
import type { Context } from '../../kernel/context.ts'
import { CroftError } from '../../kernel/errors.ts'
import { gather } from '../../kernel/group-commit.ts'
import { transact, type Entry, type SharedTx, type SharedWrite } from '../../kernel/unit-of-work.ts'
import { answerOf, free, keyInUse, type KeyRow, type StoredAnswer } from './keys.ts'

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
/** While one batch is committed, the next is gathered and begun. */
const atOnce = 2

const placeOf = (teamId: string, key: string): string => `${teamId} ${key}`

/** What is known of the keys by now, by team and key. */
async function findKeys<I, O>(tx: SharedTx, entries: readonly SharedEntry<I, O>[]): Promise<Map<string, KeyRow>> {
  const keyed = entries.filter((entry) => entry.keyed !== null)
  if (keyed.length === 0) return new Map()
  const { rows } = await sql<KeyRow & { team_id: string; key: string }>`
    select k.team_id, k.key, k.fingerprint, k.status, k.body
    from unnest(${keyed.map(({ caller }) => caller.teamId)}::uuid[], ${keyed.map((entry) => entry.keyed?.key)}::text[]) as given (team_id, key)
    join idempotency_keys k on k.team_id = given.team_id and k.key = given.key
    where not ${free(tx.ctx)}`.execute(tx.trx)
  return new Map(rows.map((row) => [placeOf(row.team_id, row.key), row]))
}

/**
 * Stores the answers with their keys. A key that another transaction took in the meantime undoes this one: whoever runs
 * it again finds that request's answer.
 */
async function storeAnswers(tx: SharedTx, answers: readonly { teamId: string; keyed: Keyed<never>; answer: StoredAnswer }[]) {
  if (answers.length === 0) return
  // In one order in every process, so that two transactions cannot wait for each other.
  const rows = answers
    .map(({ teamId, keyed, answer }) => ({ team_id: teamId, key: keyed.key, print: keyed.print.toString('hex'), ...answer }))
    .sort((a, b) => (placeOf(a.team_id, a.key) < placeOf(b.team_id, b.key) ? -1 : 1))
  const stored = await sql`
    insert into idempotency_keys as k (team_id, key, fingerprint, status, body, created_at)
    select team_id, key, decode(print, 'hex'), status, body, ${tx.ctx.databaseClock.now()}
    from json_to_recordset(${JSON.stringify(rows)}::json) as given (team_id uuid, key text, print text, status integer, body text)
    on conflict (team_id, key) do update set fingerprint = excluded.fingerprint, status = excluded.status, body = excluded.body,
      holder = null, lease_until = null, created_at = excluded.created_at
    where ${free(tx.ctx)}
    returning 1`.execute(tx.trx)
  if (stored.rows.length < rows.length) throw keyInUse()
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

/** One transaction for all entries: their keys, their effects, and the answers that are kept for the keys. */
function runBatch<I, O>(ctx: Context, write: SharedWrite<I, O>, entries: readonly SharedEntry<I, O>[]) {
  return transact(ctx, async (tx): Promise<(Shared<O> | Error)[]> => {
    const results = settleKnown(entries, await findKeys(tx, entries))
    const open = entries.filter((_, index) => results[index] === null)
    const made = (open.length > 0 ? await write(tx, open) : []).values()
    const answers: Parameters<typeof storeAnswers>[1][number][] = []
    const settled = results.map((result, index) => {
      if (result !== null) return result
      const one = made.next().value
      if (one === undefined) throw new Error('a shared write answered less than it was asked')
      if (one instanceof Error) return one
      const { caller, keyed } = entries[index] ?? {}
      if (caller && keyed) answers.push({ teamId: caller.teamId, keyed, answer: keyed.answer(one) })
      return { made: one }
    })
    await storeAnswers(tx, answers)
    return settled
  })
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
