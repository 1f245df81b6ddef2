import { createKey, listKeys, revokeKey } from '../../domain/keys/keys.ts'
import { findOrCreateTeam } from '../../domain/teams/get.ts'
import { commandScope, withContext } from './with-croft.ts'

/** `croft keys create`. */
export const createKeyCommand = (options: {
  team: string
  createTeam?: boolean
  scope: 'read' | 'write'
  name?: string
}): Promise<void> =>
  withContext(async (ctx) => {
    if (options.createTeam) await findOrCreateTeam(ctx.db, options.team, ctx.clock.now())
    const unit = await commandScope(ctx, options.team, 'Check the name, or create the team together with its key: --create-team')
    const { row, key } = await createKey(unit, {
      name: options.name ?? null,
      scope: options.scope,
      expiresAt: null,
    })
    console.error(`A ${row.scope} key for the team ${options.team}. It is printed only once.`)
    console.log(key)
  })

/** `croft keys list`. */
export const listKeysCommand = (options: { team: string }): Promise<void> =>
  withContext(async (ctx) => {
    const { caller } = await commandScope(ctx, options.team)
    let cursor: string | undefined
    do {
      const page = await listKeys(ctx, caller, { limit: 100, cursor })
      for (const row of page.items) {
        const state = row.revoked_at ? 'revoked' : row.expires_at && row.expires_at <= ctx.clock.now() ? 'expired' : 'valid'
        console.log([row.id, row.hint, row.scope, state, row.created_at.toISOString(), row.name ?? ''].join('  ').trimEnd())
      }
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
  })

/** `croft keys revoke`. */
export const revokeKeyCommand = (id: string, options: { team: string }): Promise<void> =>
  withContext(async (ctx) => {
    const row = await revokeKey(await commandScope(ctx, options.team), id)
    console.log(`${row.hint} is revoked.`)
  })
