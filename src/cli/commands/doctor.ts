import { sql } from 'kysely'
import { environmentSettings } from '../../config/env.ts'
import { readFacts } from '../../domain/health/facts.ts'
import type { Context } from '../../kernel/context.ts'
import { withContext } from './with-croft.ts'

const checks: { name: string; look: (ctx: Context) => Promise<string> }[] = [
  {
    name: 'database',
    look: async (ctx) =>
      (await sql<{ version: string }>`select current_setting('server_version') as version`.execute(ctx.db)).rows[0]?.version ??
      'no answer',
  },
  {
    name: 'media store',
    look: async (ctx) => {
      await ctx.store.check()
      return 'writable, with free space'
    },
  },
  {
    name: 'workers',
    look: async (ctx) => {
      const seen = await sql`select 1 from workers where polled_at > now() - interval '30 seconds'`.execute(ctx.db)
      return seen.rows.length === 0 ? 'none running at the moment (croft serve starts one)' : `${seen.rows.length} at work`
    },
  },
  {
    name: 'jobs',
    look: async (ctx) =>
      (await readFacts(ctx)).queues.map((queue) => `${queue.name}: ${queue.ready} ready, ${queue.failed} failed`).join('; '),
  },
]

/** `croft doctor`: checks everything the server depends on, and fails if a check fails. */
export async function doctor(): Promise<void> {
  const settings = environmentSettings()
  console.log(`settings: ok (role ${settings.CROFT_ROLE})`)
  await withContext(async (ctx) => {
    for (const check of checks) {
      try {
        console.log(`${check.name}: ${await check.look(ctx)}`)
      } catch (error) {
        console.log(`${check.name}: ${error instanceof Error ? error.message : String(error)}`)
        process.exitCode = 1
      }
    }
  })
}
