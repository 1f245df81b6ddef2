import type { Context } from '../context.ts'
import type { MediaRow } from '../rows.ts'

/** The token in an address of this server's own media, or null for any other URL. */
export function tokenIn(ctx: Context, url: string): string | null {
  const prefix = `${ctx.publicUrl()}/media/`
  return url.startsWith(prefix)
    ? (/^[A-Za-z0-9_-]{43}$/.exec(url.slice(prefix.length).split(/[?#]/, 1)[0] ?? '')?.[0] ?? '')
    : null
}

/** The team's stored media behind one of Croft's own URLs, or null. Nothing is requested. */
export async function mediaBehind(ctx: Context, teamId: string, url: string): Promise<MediaRow | null> {
  const token = tokenIn(ctx, url)
  if (!token) return null
  const row = await ctx.db
    .selectFrom('media')
    .selectAll()
    .where('token', '=', token)
    .where('team_id', '=', teamId)
    .executeTakeFirst()
  return row ?? null
}
