import { sql } from 'kysely'
import type { Context } from '../../kernel/context.ts'
import type { MediaRow } from '../../kernel/rows.ts'

/** The token in an address of this server's own media, or null for any other URL. */
export function tokenIn(ctx: Context, url: string): string | null {
  const prefix = `${ctx.publicUrl()}/media/`
  return url.startsWith(prefix)
    ? (/^[A-Za-z0-9_-]{43}$/.exec(url.slice(prefix.length).split(/[?#]/, 1)[0] ?? '')?.[0] ?? '')
    : null
}

/** Notes that an upload is in use, so that retention keeps it; at most once per day. */
const touch = (ctx: Context, { team_id, id }: MediaRow) => sql`
  update media set used_at = ${ctx.clock.now()}
  where team_id = ${team_id} and id = ${id} and coalesce(used_at, created_at) < ${ctx.clock.now()}::timestamptz - interval '1 day'`

/** The team's stored media behind one of Croft's own URLs, or null; nothing is requested. Retention counts from now on. */
export async function mediaBehind(ctx: Context, teamId: string, url: string): Promise<MediaRow | null> {
  const token = tokenIn(ctx, url)
  if (!token) return null
  const row = await ctx.db
    .selectFrom('media')
    .selectAll()
    .where('token', '=', token)
    .where('team_id', '=', teamId)
    .executeTakeFirst()
  if (!row) return null
  await touch(ctx, row).execute(ctx.db)
  return row
}
