import type { Caller, Manager, ManagerCaller } from '../kernel/caller.ts'
import type { Context } from '../kernel/context.ts'
import { CroftError } from '../kernel/errors.ts'
import type { Db, Trx } from '../db/connect.ts'
import { isUuid } from '../lib/ids.ts'
import { asManager } from './manager.ts'
import type { Tx } from '../kernel/unit-of-work.ts'
import type { WorkItem } from './contract.ts'

const missing = () =>
  new CroftError('work_not_found', 'No work has this id. Check it, and the key: each manager sees the work that they may take.')

const maySee = (item: WorkItem, manager: Manager): boolean =>
  manager.teamIds.includes(item.team_id) &&
  (item.manager_id === null || item.manager_id === manager.id || item.holder_id === manager.id)

/** @throws CroftError `work_not_found`, also for work that the manager may not see */
export async function getWorkItem(db: Db | Trx, manager: Manager, id: string): Promise<WorkItem> {
  const row =
    isUuid(id) && manager.teamIds.length > 0
      ? await db
          .selectFrom('work_items')
          .selectAll()
          .where('team_id', 'in', manager.teamIds)
          .where('id', '=', id)
          .executeTakeFirst()
      : undefined
  if (!row || !maySee(row, manager)) throw missing()
  return row
}

/** The manager, acting in the team that the work belongs to. @throws CroftError `work_not_found` */
export async function servingTeam(ctx: Context, caller: Caller, workId: string): Promise<ManagerCaller> {
  const serving = asManager(caller)
  const { team_id } = await getWorkItem(ctx.db, serving.manager, workId)
  return { ...serving, teamId: team_id }
}

/**
 * Locks an item of the caller's team until the transaction ends. If it has a task, the task is locked first, since
 * a change of a task then cancels its work; bundles and edit requests are locked after their items. Every
 * transaction takes locks in this order, which prevents deadlocks.
 */
export async function lockItem(tx: Tx, id: string): Promise<WorkItem | undefined> {
  const { trx, caller } = tx
  const item = () => trx.selectFrom('work_items').selectAll().where('team_id', '=', caller.teamId).where('id', '=', id)
  const seen = await item().executeTakeFirst()
  if (seen?.task_id)
    await trx
      .selectFrom('tasks')
      .select('id')
      .where('team_id', '=', caller.teamId)
      .where('id', '=', seen.task_id)
      .forUpdate()
      .execute()
  return seen && item().forUpdate().executeTakeFirst()
}

/** Like {@link lockItem}, for work that the manager may see. @throws CroftError `work_not_found` */
export async function lockWork(tx: Tx, manager: Manager, id: string): Promise<WorkItem> {
  const item = await lockItem(tx, id)
  if (!item || !maySee(item, manager)) throw missing()
  return item
}
