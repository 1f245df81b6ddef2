import { sql } from 'kysely'
import type { Context } from '../../kernel/context.ts'

/** Something that Croft does automatically, again and again. */
export interface Chore {
  name: string
  everyMs: number
  /** Done by one process in `everyMs`; otherwise by each. */
  shared: boolean
  run: (ctx: Context, signal: AbortSignal) => Promise<unknown>
}

/** Takes a shared chore for its interval, by the database's clock. @returns false where another process has done it */
async function take(ctx: Context, { name, everyMs }: Chore): Promise<boolean> {
  const { rows } = await sql`
    insert into chores as c (name, began_at) values (${name}, now())
    on conflict (name) do update set began_at = now()
      where c.began_at is null or c.began_at <= now() - ${everyMs} * interval '1 millisecond'
    returning 1`.execute(ctx.db)
  return rows.length > 0
}

const noteEnd = (ctx: Context, { name }: Chore) =>
  sql`
    insert into chores as c (name, ended_at) values (${name}, now())
    on conflict (name) do update set ended_at = now()`.execute(ctx.db)

async function noteFailure(ctx: Context, { name }: Chore, failure: unknown): Promise<void> {
  const message = failure instanceof Error ? failure.message : String(failure)
  try {
    await sql`
      insert into chores as c (name, failures, failed_at, error) values (${name}, 1, now(), ${message})
      on conflict (name) do update set failures = c.failures + 1, failed_at = now(), error = excluded.error`.execute(ctx.db)
  } catch (error) {
    ctx.log.warn({ err: error, chore: name }, 'the failure of a chore could not be noted')
  }
}

/**
 * Runs a chore once. Never rejects: the failure of a chore goes to the log and to /metrics, and the chore runs again at
 * its time.
 */
export async function runChore(ctx: Context, chore: Chore, signal: AbortSignal): Promise<void> {
  try {
    if (chore.shared && !(await take(ctx, chore))) return
    await chore.run(ctx, signal)
    await noteEnd(ctx, chore)
  } catch (error) {
    if (signal.aborted) return
    ctx.log.warn({ err: error, chore: chore.name }, 'a chore failed; it is tried again')
    await noteFailure(ctx, chore, error)
  }
}
