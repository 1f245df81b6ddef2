import { eraseTeam } from '../../domain/erasure/team.ts'
import { sweepFiles } from '../../domain/retention/files.ts'
import { CommandError } from './error.ts'
import { commandScope, withContext } from './with-croft.ts'

const inWords = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .filter(([, n]) => n > 0)
    .map(([name, n]) => `${name} ${n}`)
    .join(', ')

/** `croft teams erase`. */
export const eraseTeamCommand = (options: { team: string; yes?: boolean }): Promise<void> =>
  withContext(async (ctx) => {
    const { caller } = await commandScope(ctx, options.team)
    if (options.yes !== true)
      throw new CommandError(
        `This erases the team ${options.team} for good: its keys, profiles, posts and media. Add --yes to do it; nothing was changed.`,
      )
    const { id, erased, kept } = await eraseTeam(ctx, caller.teamId)
    const files = await sweepFiles(ctx)
    console.log(`The team ${options.team} (${id}) is erased.`)
    console.log(`Erased: ${inWords({ ...erased, files })}.`)
    console.log(`Kept, without personal data: ${inWords(kept)}.`)
  })
