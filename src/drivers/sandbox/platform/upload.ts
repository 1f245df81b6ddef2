import { sql } from 'kysely'
import { isRolledBack } from '../../../db/rolled-back.ts'
import type { MediaType } from '../../../db/schema.ts'
import type { SandboxMedia } from '../../../db/sandbox-tables.ts'
import { gather } from '../../../lib/gather.ts'
import { newNumber, type SandboxPlatform } from './types.ts'

/** A post's files. `session`: whose account they are for. */
export interface Files {
  session: string
  kind: MediaType
  media: SandboxMedia
}

/**
 * Stores a post's files, which are not visible to anyone yet: one that is stored after its caller has stopped waiting is
 * simply never published. @returns the upload's id, or null if the session is signed in to no account
 */
export type Upload = (files: Files) => Promise<string | null>

/** Stores the files of many posts by one statement. */
export const uploadTogether = ({ db, clock }: SandboxPlatform): Upload =>
  gather(
    async (uploads: Files[]) => {
      const rows = uploads.map((files) => ({ id: newNumber(), ...files }))
      const { rows: stored } = await sql<{ id: string }>`
        insert into sandbox_uploads (id, account_id, kind, media, created_at)
        select v.id, a.id, v.kind, v.media, ${clock.now()}
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as v(id text, session text, kind text, media jsonb)
        join sandbox_accounts a on a.session = v.session
        returning id`.execute(db)
      const ids = new Set(stored.map(({ id }) => id))
      return rows.map(({ id }) => (ids.has(id) ? id : null))
    },
    { most: 200, isUndone: isRolledBack },
  )
