import { createTeam } from '../../domain/teams/create.ts'
import { CommandError } from './error.ts'
import { withContext } from './with-croft.ts'

/** `croft teams create`. */
export const createTeamCommand = (name: string): Promise<void> =>
  withContext(async (ctx) => {
    const made = await createTeam(ctx.db, name, ctx.clock.now())
    if (!made) throw new CommandError(`A team named ${name} already exists.`)
    console.log(`The team ${made.name} was created. Create a key for it: croft keys create --team '${made.name}'`)
  })

/** `croft teams list`. */
export const listTeamsCommand = (): Promise<void> =>
  withContext(async (ctx) => {
    const teams = await ctx.db.selectFrom('teams').select(['id', 'name', 'created_at']).orderBy('name').execute()
    for (const { id, name, created_at: at } of teams) console.log([id, at.toISOString(), name].join('  '))
  })
