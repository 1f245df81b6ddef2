import { withContext } from './with-croft.ts'

/** `croft migrate`: every command migrates, so this one only reports that it is done. */
export const migrateCommand = (): Promise<void> =>
  withContext(async (ctx) => {
    const rows = await ctx.db.selectFrom('migrations').select(['number', 'name']).orderBy('number').execute()
    for (const row of rows) console.log(`${String(row.number).padStart(4, '0')} ${row.name}`)
  })
