import { sql } from 'kysely'
import { OutcomeUnknown, type Recall, type Step } from '../../drivers/contract.ts'
import type { Json } from '../../lib/json.ts'
import type { Context } from '../../kernel/context.ts'
import { gather } from '../../kernel/group-commit.ts'
import type { ClaimedTask } from './claim.ts'

/** Another worker holds the task by now; whatever this one found out no longer counts. */
export class ClaimLost extends Error {}

/** Whether the lease is surely still held; a process that slept too long must not begin what cannot be repeated. */
export type HoldsLease = () => boolean

interface Begin {
  task: ClaimedTask
  name: string
  once: boolean
}

interface End {
  task: ClaimedTask
  name: string
  result: Json
}

/** Stores the beginnings and ends of steps, of many tasks together. Each task awaits the commit of its own batch. */
export interface StepStore {
  /** @returns false if the step has begun before, or the claim is lost */
  begin(step: Begin): Promise<boolean>
  /** @returns false if the claim is lost */
  end(step: End): Promise<boolean>
}

const batches = { most: 200, atOnce: 2 }
const keyOf = (taskId: string, name: string): string => `${taskId} ${name}`

/** The store of one worker. */
export function openStepStore(ctx: Context): StepStore {
  const begin = gather(async (steps: Begin[]) => {
    const rows = steps.map(({ task, name, once }) => ({ team_id: task.team_id, id: task.id, claim: task.claim, name, once }))
    const { rows: begun } = await sql<{ task_id: string; name: string }>`
      insert into task_steps (team_id, task_id, run, name, once, content, began_at)
      select t.team_id, t.id, t.run, v.name, v.once, t.content, ${ctx.clock.now()}
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as v(team_id uuid, id uuid, claim uuid, name text, once boolean)
      join tasks t on t.team_id = v.team_id and t.id = v.id and t.claim = v.claim and t.status = 'running'
      on conflict do nothing returning task_id, name`.execute(ctx.db)
    const keys = new Set(begun.map((row) => keyOf(row.task_id, row.name)))
    return steps.map(({ task, name }) => keys.has(keyOf(task.id, name)))
  }, batches)
  const end = gather(async (steps: End[]) => {
    const rows = steps.map(({ task, name, result }) => ({
      team_id: task.team_id,
      id: task.id,
      run: task.run,
      claim: task.claim,
      name,
      result,
    }))
    const { rows: ended } = await sql<{ task_id: string; name: string }>`
      update task_steps s set result = v.result, ended_at = ${ctx.clock.now()}
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as v(team_id uuid, id uuid, run int, claim uuid, name text, result jsonb)
      join tasks t on t.team_id = v.team_id and t.id = v.id and t.claim = v.claim
      where s.team_id = v.team_id and s.task_id = v.id and s.run = v.run and s.name = v.name
      returning s.task_id, s.name`.execute(ctx.db)
    const keys = new Set(ended.map((row) => keyOf(row.task_id, row.name)))
    return steps.map(({ task, name }) => keys.has(keyOf(task.id, name)))
  }, batches)
  return { begin, end }
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

/** The stored results of the task's present run. */
export const recallOf =
  (ctx: Context, task: ClaimedTask): Recall =>
  async <T extends Json>(name: string) => {
    const row = await stepRow(ctx, task, name)
    return row?.ended_at ? (row.result as T) : null
  }

/** Runs the steps of one claimed task, as the driver contract says. */
export const stepsOf =
  (ctx: Context, store: StepStore, task: ClaimedTask, holdsLease: HoldsLease): Step =>
  async <T extends Json>(name: string, work: () => Promise<T>, options: { once?: boolean } = {}) => {
    const once = options.once ?? false
    if (!holdsLease()) throw new ClaimLost()
    if (!(await store.begin({ task, name, once }))) {
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
    if (!(await store.end({ task, name, result }))) throw new ClaimLost()
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
