import type { ExpressionBuilder, SqlBool, Expression } from 'kysely'
import type { Tables } from '../db/schema.ts'
import type { WorkKind, WorkStatus } from './contract.ts'

/** Which items of the caller's team are meant: those with every value given. At least one of the ids is needed. */
export interface WorkFilter {
  id?: string
  kind?: WorkKind
  bundleId?: string
  /** Of a bundle: the slot; null for its account. */
  position?: number | null
  profileId?: string
  editRequestId?: string
  taskId?: string
}

/** Statuses in which an item is not over. */
export const livingStatuses = ['open', 'claimed', 'started', 'submitted', 'returned'] as const satisfies readonly WorkStatus[]

/** The filter as a condition on work_items. @throws where the filter names no id, which would mean every item of the team */
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
