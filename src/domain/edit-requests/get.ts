import type { Db, Trx } from '../../db/connect.ts'
import { isUuid } from '../../lib/ids.ts'
import type { Caller, Context } from '../../kernel/context.ts'
import { CroftError } from '../../kernel/errors.ts'
import type { EditRequestRow, ProfileRow } from '../../kernel/rows.ts'
import { activeWorkStatuses } from '../../people/queue.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'

/**
 * The account of an edit request. Source: TokPortal's Account Edit Request page, the only one that distinguishes
 * another team's account from one that does not exist.
 * @throws CroftError `SAVED_ACCOUNT_NOT_FOUND`, `SAVED_ACCOUNT_NOT_OWNED`
 */
export async function requireSavedAccount(db: Db | Trx, teamId: string, id: string): Promise<ProfileRow> {
  const byId = isUuid(id) ? db.selectFrom('profiles').selectAll().where('id', '=', id) : null
  const own = await byId?.where('team_id', '=', teamId).executeTakeFirst()
  if (own) return own
  if (await byId?.executeTakeFirst()) throw new CroftError('SAVED_ACCOUNT_NOT_OWNED', 'This account belongs to another team.')
  throw new CroftError('SAVED_ACCOUNT_NOT_FOUND', 'No account has this id.')
}

const missing = () => new CroftError('edit_request_not_found', 'This account has no edit request with this id.')

/**
 * Locks an edit request of an account until the transaction ends. Its work is locked first, as when its manager works
 * on it, which prevents deadlocks.
 * @throws CroftError `edit_request_not_found`
 */
export async function lockRequest(tx: Tx, accountId: string, id: string): Promise<EditRequestRow> {
  if (!isUuid(id)) throw missing()
  await tx.trx
    .selectFrom('work_items')
    .select('id')
    .where('team_id', '=', tx.caller.teamId)
    .where('edit_request_id', '=', id)
    .where('status', 'in', activeWorkStatuses)
    .forUpdate()
    .execute()
  const row = await lockRequestRow(tx, id)
  if (row?.profile_id !== accountId.toLowerCase()) throw missing()
  return row
}

/** Locks an edit request; the caller has locked its work already. */
export const lockRequestRow = (tx: Tx, id: string): Promise<EditRequestRow | undefined> =>
  tx.trx
    .selectFrom('edit_requests')
    .selectAll()
    .where('team_id', '=', tx.caller.teamId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()

/** One edit request of an account. @throws like {@link requireSavedAccount}, and `edit_request_not_found` */
export async function getEditRequest(ctx: Context, caller: Caller, accountId: string, id: string): Promise<EditRequestRow> {
  const account = await requireSavedAccount(ctx.db, caller.teamId, accountId)
  const row =
    isUuid(id) &&
    (await ctx.db
      .selectFrom('edit_requests')
      .selectAll()
      .where('team_id', '=', caller.teamId)
      .where('profile_id', '=', account.id)
      .where('id', '=', id)
      .executeTakeFirst())
  if (!row) throw missing()
  return row
}

/** All edit requests of an account, newest first. @throws like {@link requireSavedAccount} */
export async function listEditRequests(ctx: Context, caller: Caller, accountId: string): Promise<EditRequestRow[]> {
  const account = await requireSavedAccount(ctx.db, caller.teamId, accountId)
  return ctx.db
    .selectFrom('edit_requests')
    .selectAll()
    .where('team_id', '=', caller.teamId)
    .where('profile_id', '=', account.id)
    .orderBy('id', 'desc')
    .execute()
}
