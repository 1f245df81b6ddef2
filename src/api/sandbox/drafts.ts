import type { FastifyRequest } from 'fastify'
import type { Context } from '../../kernel/context.ts'
import { isUuid } from '../../lib/ids.ts'
import { carriesKey, requireScope } from '../plugins/caller.ts'

interface Draft {
  /** The id of Croft's own post. */
  ref: string
}

/** The drafts that this request may see. */
export type Drafts = (request: FastifyRequest) => Promise<<D extends Draft>(drafts: readonly D[]) => Promise<D[]>>

/**
 * Drafts are visible to a request with a key of their post's team, or with `all` to everyone.
 * @throws CroftError `unauthorized`, `insufficient_scope` for an invalid key
 */
export const draftsSeen =
  (ctx: Context, all: boolean): Drafts =>
  async (request) => {
    if (all) return (drafts) => Promise.resolve([...drafts])
    if (!carriesKey(request)) return () => Promise.resolve([])
    const { teamId } = await requireScope(ctx, request, 'read')
    return async (drafts) => {
      const refs = drafts.map(({ ref }) => ref).filter(isUuid)
      if (refs.length === 0) return []
      const own = await ctx.db.selectFrom('posts').select('id').where('team_id', '=', teamId).where('id', 'in', refs).execute()
      const ids = new Set(own.map(({ id }) => id))
      return drafts.filter(({ ref }) => ids.has(ref))
    }
  }
