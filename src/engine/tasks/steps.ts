import { OutcomeUnknown, type Recall, type Step } from '../../drivers/contract.ts'
import { run, statement } from '../../db/statement.ts'
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

type Stored = { begin: Begin } | { end: End }

// Beginnings and ends are of different steps: a step ends only after its beginning has committed.
const storeSteps = statement<{ task_id: string; name: string }>(
  'store_steps',
  `with begun as (
    insert into task_steps (team_id, task_id, run, name, once, content, began_at)
    select t.team_id, t.id, t.run, v.name, v.once, t.content, $1
    from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::boolean[]) as v(team_id, id, claim, name, once)
    join tasks t on t.team_id = v.team_id and t.id = v.id and t.claim = v.claim and t.status = 'running'
    on conflict do nothing returning task_id, name
  ), ended as (
    update task_steps s set result = v.result, ended_at = $1
    from unnest($7::uuid[], $8::uuid[], $9::uuid[], $10::int[], $11::text[], $12::jsonb[]) as v(team_id, id, claim, run, name, result)
    join tasks t on t.team_id = v.team_id and t.id = v.id and t.claim = v.claim
    where s.team_id = v.team_id and s.task_id = v.id and s.run = v.run and s.name = v.name
    returning s.task_id, s.name
  )
  select task_id, name from begun union all select task_id, name from ended`,
)

const keyOf = (taskId: string, name: string): string => `${taskId} ${name}`

/** The store of one worker. */
export function openStepStore(ctx: Context): StepStore {
  const store = gather(
    async (steps: Stored[]) => {
      const begins = steps.flatMap((step) => ('begin' in step ? [step.begin] : []))
      const ends = steps.flatMap((step) => ('end' in step ? [step.end] : []))
      const claims = (of: readonly (Begin | End)[]) => [
        of.map(({ task }) => task.team_id),
        of.map(({ task }) => task.id),
        of.map(({ task }) => task.claim),
      ]
      const rows = await run(ctx.db, storeSteps, [
        ctx.clock.now(),
        ...claims(begins),
        begins.map(({ name }) => name),
        begins.map(({ once }) => once),
        ...claims(ends),
        ends.map(({ task }) => task.run),
        ends.map(({ name }) => name),
        ends.map(({ result }) => JSON.stringify(result)),
      ])
      const keys = new Set(rows.map((row) => keyOf(row.task_id, row.name)))
      return steps.map((step) => {
        const { task, name } = 'begin' in step ? step.begin : step.end
        return keys.has(keyOf(task.id, name))
      })
    },
    { most: 400 },
  )
  return { begin: (begin) => store({ begin }), end: (end) => store({ end }) }
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
