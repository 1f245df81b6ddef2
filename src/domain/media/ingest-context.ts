import type { IngestContext } from '../../media/index.ts'
import type { Context } from '../../kernel/context.ts'

/** What fetching and reading a team's media needs; teams take turns. */
export const ingestContext = (ctx: Context, teamId: string): IngestContext => ({
  guard: ctx.guard,
  store: ctx.store,
  limits: ctx.limits,
  isolation: ctx.isolation,
  owner: teamId,
  temporaryDir: ctx.temporaryDir,
})
