import { newId, newToken } from '../../lib/ids.ts'
import type { MediaRow } from '../rows.ts'
import { recordAudit } from '../write/record.ts'
import type { Scope } from '../write/scope.ts'

export interface Upload {
  hash: string
  size: number
  contentType: string
}

/** Gives a file that is in the store an address that the team's posts accept. */
export function keepUpload(scope: Scope, upload: Upload): Promise<MediaRow> {
  return scope.commit(async (tx) => {
    const row = await tx.trx
      .insertInto('media')
      .values({
        team_id: scope.caller.teamId,
        id: newId(),
        token: newToken(),
        kind: 'upload',
        files: JSON.stringify([{ hash: upload.hash, size: upload.size, content_type: upload.contentType }]),
        info: JSON.stringify({ duration_s: null, width: null, height: null, codec: null, slides: null }),
        size: upload.size,
        source_url: null,
        created_at: tx.now,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    await recordAudit(tx, 'media.upload', `media:${row.id}`, null, { size: row.size, hash: upload.hash })
    return row
  })
}
