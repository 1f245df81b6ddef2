import { environmentSettings } from '../config/env.ts'
import type { Context } from '../core/context.ts'
import { findOrCreateTeam } from '../core/teams/find.ts'
import { openScope, type Scope } from '../core/write/scope.ts'
import { openContext } from '../context.ts'

/** Runs a command on the same data as a server, whether or not one runs; migrates an empty database first. */
export async function withContext<T>(work: (ctx: Context) => Promise<T>): Promise<T> {
  const opened = await openContext(environmentSettings({ LOG_LEVEL: 'error' }), {})
  try {
    return await work(opened.ctx)
  } finally {
    await opened.queue.stop(0)
    await opened.close()
  }
}

/** The scope in which the command line acts for a team. */
export async function commandScope(ctx: Context, team: { name: string; create: boolean }): Promise<Scope> {
  const found = team.create
    ? await findOrCreateTeam(ctx.db, team.name, ctx.clock.now())
    : await ctx.db.selectFrom('teams').selectAll().where('name', '=', team.name).executeTakeFirst()
  if (!found) throw new CommandError(`There is no team named ${team.name}.`)
  return openScope(ctx, { teamId: found.id, actor: 'command line', scope: 'write', requestId: null })
}

/** A command that cannot be done, for a reason that the message gives. */
export class CommandError extends Error {}
