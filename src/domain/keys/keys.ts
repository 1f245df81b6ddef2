import type { KeyScope as KeyScope } from '../../db/schema.ts'
import { isUuid, newId } from '../../lib/ids.ts'
import type { Caller, Context } from '../../kernel/context.ts'
import { CroftError } from '../../kernel/errors.ts'
import { awaitKeyChange } from '../../kernel/key-cache.ts'
import { afterId, toPage, type Page, type PageRequest } from '../../kernel/keyset-page.ts'
import type { ApiKeyRow } from '../../kernel/rows.ts'
import { recordAudit } from '../../kernel/record.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import { ensureSecret } from '../webhooks/secret.ts'
import { hashOf, newKey } from '../../kernel/key-secret.ts'

export interface NewKey {
  name: string | null
  scope: KeyScope
  expiresAt: Date | null
}

/** Creates a key. `key` is returned only once: Croft stores its hash. */
export function createKey(unit: UnitOfWork, input: NewKey): Promise<{ row: ApiKeyRow; key: string }> {
  return unit.commit(async (tx) => {
    const key = newKey()
    const row = await tx.trx
      .insertInto('api_keys')
      .values({
        team_id: unit.caller.teamId,
        id: newId(),
        name: input.name,
        scope: input.scope,
        hash: hashOf(key),
        hint: `${key.slice(0, 10)}…${key.slice(-4)}`,
        expires_at: input.expiresAt,
        created_at: tx.now,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    await ensureSecret(tx)
    await recordAudit(tx, 'api_key.create', `api_key:${row.id}`, null, { name: row.name, scope: row.scope })
    return { row, key }
  })
}

/** The team's keys, newest first, revoked ones too. */
export async function listKeys(ctx: Context, caller: Caller, page: PageRequest): Promise<Page<ApiKeyRow>> {
  const after = afterId(page.cursor)
  let query = ctx.db.selectFrom('api_keys').selectAll().where('team_id', '=', caller.teamId)
  if (after) query = query.where('id', '<', after)
  return toPage(
    await query
      .orderBy('id', 'desc')
      .limit(page.limit + 1)
      .execute(),
    page.limit,
  )
}

/** Revokes a key for good: once it answers, every process refuses the key. A second call succeeds too. @throws CroftError `api_key_not_found` */
export async function revokeKey(unit: UnitOfWork, id: string): Promise<ApiKeyRow> {
  const { teamId } = unit.caller
  const revoked = await unit.commit(async (tx) => {
    const before =
      isUuid(id) &&
      (await tx.trx
        .selectFrom('api_keys')
        .selectAll()
        .where('team_id', '=', teamId)
        .where('id', '=', id)
        .forUpdate()
        .executeTakeFirst())
    if (!before) throw new CroftError('api_key_not_found', 'There is no key with this id.')
    if (before.revoked_at) return before
    const row = await tx.trx
      .updateTable('api_keys')
      .set({ revoked_at: tx.now })
      .where('team_id', '=', teamId)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
    await recordAudit(tx, 'api_key.revoke', `api_key:${id}`, { revoked: false }, { revoked: true })
    return row
  })
  await awaitKeyChange(unit.ctx.db)
  return revoked
}
