import { type Expression, type ExpressionBuilder, sql, type SqlBool } from 'kysely'
import type { Tables } from '../db/schema.ts'
import type { WorkItem, WorkKind, WorkStatus } from './contract.ts'
import { newId } from '../lib/ids.ts'
import type { JsonObject } from '../lib/json.ts'
import type { Tx } from '../kernel/unit-of-work.ts'

/** Selects items of the caller's team: those that match every value given. At least one id is required. */
export interface WorkFilter {
  id?: string
  kind?: WorkKind
  bundleId?: string
  /** For a bundle: the slot; null for its account. */
  position?: number | null
  profileId?: string
  editRequestId?: string
  taskId?: string
}

/** Statuses of items that have not ended. */
export const activeWorkStatuses = ['open', 'claimed', 'started', 'submitted', 'returned'] as const satisfies readonly WorkStatus[]

/** The filter as a condition on work_items. @throws if the filter names no id, which would select every item of the team */
export const matches =
  (teamId: string, filter: WorkFilter) =>
  (eb: ExpressionBuilder<Tables, 'work_items'>): Expression<SqlBool> => {
    const ids = [
      ['id', filter.id],
      ['bundle_id', filter.bundleId],
      ['profile_id', filter.profileId],
      ['edit_request_id', filter.editRequestId],
      ['task_id', filter.taskId],
    ] as const
    const given = ids.flatMap(([column, value]) => (value === undefined ? [] : [eb(column, '=', value)]))
    if (given.length === 0) throw new Error('a filter of work names no id')
    return eb.and([
      eb('team_id', '=', teamId),
      ...given,
      ...(filter.kind === undefined ? [] : [eb('kind', '=', filter.kind)]),
      ...(filter.position === undefined ? [] : [eb('position', 'is not distinct from', filter.position)]),
    ])
  }

/** New work for the queue of the caller's team. */
export interface NewWork {
  kind: WorkKind
  bundleId?: string | null
  position?: number | null
  profileId?: string | null
  editRequestId?: string | null
  taskId?: string | null
  /** Only this manager may take it; null or omitted: any manager of the team. */
  managerId?: string | null
  dueAt: Date
  /** Clear steps for a person, one per line. */
  instructions: string
  /** The values to set, by name. */
  values: JsonObject
  media?: WorkItem['media']
}

/** Puts work into the queue, in the caller's transaction. @returns its id */
export async function openWork(tx: Tx, work: NewWork): Promise<string> {
  const id = newId()
  await tx.trx
    .insertInto('work_items')
    .values({
      team_id: tx.caller.teamId,
      id,
      kind: work.kind,
      status: 'open',
      bundle_id: work.bundleId ?? null,
      position: work.position ?? null,
      profile_id: work.profileId ?? null,
      edit_request_id: work.editRequestId ?? null,
      task_id: work.taskId ?? null,
      manager_id: work.managerId ?? null,
      due_at: work.dueAt,
      instructions: work.instructions,
      values: JSON.stringify(work.values),
      media: JSON.stringify(work.media ?? []),
      created_at: tx.now,
      updated_at: tx.now,
    })
    .execute()
  return id
}

/**
 * Returns submitted work with what must be improved. It is reserved for the manager who submitted it, or open to every
 * manager of the team if that manager is deactivated by now.
 * @param dueAt the new deadline; if omitted, the old one stays
 * @returns how many items were returned
 */
export async function returnWork(tx: Tx, filter: WorkFilter, feedback: string, dueAt?: Date): Promise<number> {
  const returned = await tx.trx
    .updateTable('work_items')
    .set({
      status: 'returned',
      feedback,
      manager_id: sql<
        string | null
      >`(select m.id from managers m where m.id = work_items.holder_id and m.deactivated_at is null)`,
      holder_id: null,
      claimed_until: null,
      updated_at: tx.now,
      ...(dueAt === undefined ? {} : { due_at: dueAt }),
    })
    .where(matches(tx.caller.teamId, filter))
    .where('status', '=', 'submitted')
    .executeTakeFirst()
  return Number(returned.numUpdatedRows)
}

/** Ends work as done: submitted and accepted. @returns how many items ended */
export async function finishWork(tx: Tx, filter: WorkFilter): Promise<number> {
  const finished = await tx.trx
    .updateTable('work_items')
    .set({ status: 'done', claimed_until: null, updated_at: tx.now })
    .where(matches(tx.caller.teamId, filter))
    .where('status', 'in', activeWorkStatuses)
    .executeTakeFirst()
  return Number(finished.numUpdatedRows)
}

/**
 * Cancels work, whether or not a manager holds it.
 * @param statuses the statuses in which it may still be canceled; if omitted, any before its end
 * @returns how many items were canceled
 */
export async function cancelWork(
  tx: Tx,
  filter: WorkFilter,
  statuses: readonly WorkStatus[] = activeWorkStatuses,
): Promise<number> {
  const canceled = await tx.trx
    .updateTable('work_items')
    .set({ status: 'canceled', claimed_until: null, updated_at: tx.now })
    .where(matches(tx.caller.teamId, filter))
    .where('status', 'in', statuses)
    .executeTakeFirst()
  return Number(canceled.numUpdatedRows)
}
