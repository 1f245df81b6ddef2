import { sql } from 'kysely'
import { OutcomeUnknown, type Recall, type Step } from '../../drivers/contract.ts'
import type { Json } from '../../lib/json.ts'
import type { Context } from '../../kernel/context.ts'
import type { TaskRow } from '../../kernel/rows.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import type { ClaimedTask } from './claim.ts'

/** Another worker holds the task by now; whatever this one found out no longer counts. */
export class ClaimLost extends Error {}

/** Whether the lease is surely still held; a process that slept too long must not begin what cannot be repeated. */
export type HoldsLease = () => boolean

async function begin(ctx: Context, task: ClaimedTask, name: string, once: boolean): Promise<boolean> {
  const inserted = await sql`
    insert into task_steps (team_id, task_id, run, name, once, content, began_at)
    select team_id, id, run, ${name}, ${once}, content, ${ctx.clock.now()} from tasks
    where team_id = ${task.team_id} and id = ${task.id} and claim = ${task.claim} and status = 'running'
    on conflict do nothing`.execute(ctx.db)
  return (inserted.numAffectedRows ?? 0n) > 0n
}

const stepRow = (ctx: Context, task: ClaimedTask, name: string) =>
  ctx.db
    .selectFrom('task_steps')
    .selectAll()
    .where('team_id', '=', task.team_id)
    .where('task_id', '=', task.id)
    .where('run', '=', task.run)
    .where('name', '=', name)
    .executeTakeFirst()

async function store(ctx: Context, task: ClaimedTask, name: string, result: Json): Promise<void> {
  const stored = await sql`
    update task_steps s set result = ${JSON.stringify(result)}::jsonb, ended_at = ${ctx.clock.now()}
    from tasks t
    where s.team_id = ${task.team_id} and s.task_id = ${task.id} and s.run = ${task.run} and s.name = ${name}
      and t.team_id = s.team_id and t.id = s.task_id and t.claim = ${task.claim}`.execute(ctx.db)
  if ((stored.numAffectedRows ?? 0n) === 0n) throw new ClaimLost()
}

/** The stored results of the task's present run. */
export const recallOf =
  (ctx: Context, task: ClaimedTask): Recall =>
  async <T extends Json>(name: string) => {
    const row = await stepRow(ctx, task, name)
    return row?.ended_at ? (row.result as T) : null
  }

/** Runs the steps of one claimed task, as the driver contract says. */
export const stepsOf =
  (ctx: Context, task: ClaimedTask, holdsLease: HoldsLease): Step =>
  async <T extends Json>(name: string, work: () => Promise<T>, options: { once?: boolean } = {}) => {
    const once = options.once ?? false
    if (!holdsLease()) throw new ClaimLost()
    if (!(await begin(ctx, task, name, once))) {
      const row = await stepRow(ctx, task, name)
      if (!row) throw new ClaimLost()
      if (row.ended_at) return row.result as T
      if (once) throw new OutcomeUnknown(`${name} began and its result was never stored`)
    }
    await ctx.reach('step.began')
    if (!holdsLease()) throw new ClaimLost()
    const result = await work().catch((error: unknown) => {
      throw once ? new OutcomeUnknown(`${name}: no answer`, { cause: error }) : error
    })
    await ctx.reach('step.done')
    await store(ctx, task, name, result)
    await ctx.reach('step.stored')
    return result
  }

/** Whether a `once` step of the present run has begun, so that something may have gone out. */
export async function hasAsked(ctx: Context, task: ClaimedTask): Promise<boolean> {
  const begun = await ctx.db
    .selectFrom('task_steps')
    .select('name')
    .where('team_id', '=', task.team_id)
    .where('task_id', '=', task.id)
    .where('run', '=', task.run)
    .where('once', '=', true)
    .limit(1)
    .executeTakeFirst()
  return begun !== undefined
}

/**
 * Whether the steps of the present run are of other content than this, and none of them has asked for anything yet that may
 * have had its effect: a new run may then begin. Where one has, its own steps alone can tell what became of it.
 */
export async function areOutdated({ trx }: Pick<Tx, 'trx'>, task: TaskRow, content: string): Promise<boolean> {
  const { rows } = await sql<{ outdated: boolean | null }>`
    select bool_or(content is distinct from ${content}) and not bool_or(once) as outdated from task_steps
    where team_id = ${task.team_id} and task_id = ${task.id} and run = ${task.run}`.execute(trx)
  return rows[0]?.outdated === true
}

/** Forgets that a `once` step began, once it is certain that it had no effect; never what another worker began that has the task by now. */
export async function forgetUnfinishedSteps(ctx: Context, task: ClaimedTask): Promise<void> {
  await ctx.db
    .deleteFrom('task_steps')
    .where('team_id', '=', task.team_id)
    .where('task_id', '=', task.id)
    .where('run', '=', task.run)
    .where('ended_at', 'is', null)
    .where((step) =>
      step.exists(
        step
          .selectFrom('tasks')
          .select('id')
          .where('team_id', '=', task.team_id)
          .where('id', '=', task.id)
          .where('claim', '=', task.claim),
      ),
    )
    .execute()
}
