import { environmentSettings } from '../../config/env.ts'
import { commandLine } from '../../kernel/caller.ts'
import type { Context } from '../../kernel/context.ts'
import { openUnit, type UnitOfWork } from '../../kernel/unit-of-work.ts'
import { openContext } from '../../app/compose.ts'
import { openFoundation } from '../../app/foundation.ts'
import { CommandError } from './error.ts'

/** Runs a command on the same data as a server, whether or not the server runs; migrates an empty database first. */
export async function withContext<T>(work: (ctx: Context) => Promise<T>): Promise<T> {
  const settings = environmentSettings({ LOG_LEVEL: 'error' })
  const substitutes = { say: (line: string) => console.error(line) }
  const opened = await openContext(settings, substitutes, await openFoundation(settings, substitutes))
  try {
    return await work(opened.ctx)
  } finally {
    await opened.close()
  }
}

/**
 * The unit of work in which the command line acts for a team. @throws CommandError if no team has the name; `then` says
 * what to do
 */
export async function commandScope(ctx: Context, team: string, then = 'croft teams list shows them'): Promise<UnitOfWork> {
  const found = await ctx.db.selectFrom('teams').selectAll().where('name', '=', team).executeTakeFirst()
  if (!found) throw new CommandError(`No team is named ${team}. ${then}.`)
  return openUnit(ctx, commandLine(found.id))
}
