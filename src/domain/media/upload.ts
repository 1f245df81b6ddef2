import { newId, newToken } from '../../lib/ids.ts'
import type { MediaRow } from '../../kernel/rows.ts'
import { recordAudit } from '../../kernel/record.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'

export interface Upload {
  hash: string
  size: number
  contentType: string
}

/** Gives a file that is in the store an address that the team's posts accept. */
export function keepUpload(unit: UnitOfWork, upload: Upload): Promise<MediaRow> {
  return unit.commit(async (tx) => {
    const row = await tx.trx
      .insertInto('media')
      .values({
        team_id: unit.caller.teamId,
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
