import { sql } from 'kysely'
import type { Context } from '../../kernel/context.ts'
import { gather } from '../../kernel/group-commit.ts'
import type { MediaRow } from '../../kernel/rows.ts'

/** The token in an address of this server's own media, or null for any other URL. */
export function tokenIn(ctx: Context, url: string): string | null {
  const prefix = `${ctx.publicUrl()}/media/`
  return url.startsWith(prefix)
    ? (/^[A-Za-z0-9_-]{43}$/.exec(url.slice(prefix.length).split(/[?#]/, 1)[0] ?? '')?.[0] ?? '')
    : null
}

const dayMs = 86_400_000

/** Notes that an upload is in use, so that retention keeps it; at most once per day. */
const touch = ({ db, clock }: Context, { team_id, id }: MediaRow) =>
  sql`
  update media set used_at = ${clock.now()}
  where team_id = ${team_id} and id = ${id} and coalesce(used_at, created_at) < ${clock.now()}::timestamptz - interval '1 day'`.execute(
    db,
  )

interface OwnMedia {
  teamId: string
  token: string
}

/** Finds the media behind tokens; null for one that is not the team's. */
export type FindOwn = (own: OwnMedia) => Promise<MediaRow | null>

/** Reads for many requests together. */
export const findOwnTogether = (ctx: Pick<Context, 'db'>): FindOwn =>
  gather(
    async (asked: OwnMedia[]) => {
      const { rows } = await sql<MediaRow>`
        select * from media where token = any(${asked.map(({ token }) => token)}::text[])`.execute(ctx.db)
      const found = new Map(rows.map((row) => [row.token, row]))
      return asked.map(({ teamId, token }) => {
        const row = found.get(token)
        return row?.team_id === teamId ? row : null
      })
    },
    { most: 200 },
  )

/** The team's stored media behind one of Croft's own URLs, or null; nothing is requested. Retention counts from now on. */
export async function mediaBehind(
  ctx: Context,
  teamId: string,
  url: string,
  findOwn = findOwnTogether(ctx),
): Promise<MediaRow | null> {
  const token = tokenIn(ctx, url)
  const row = token ? await findOwn({ teamId, token }) : null
  if (row && (row.used_at ?? row.created_at).getTime() < ctx.clock.now().getTime() - dayMs) await touch(ctx, row)
  return row
}
