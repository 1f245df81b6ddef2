import type { StoredMedia } from '../../media/index.ts'
import { newId, newToken } from '../../lib/ids.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'

/** Makes stored files the team's, under an address of their own. @returns the media id */
export async function keepMedia(tx: Tx, media: StoredMedia, sourceUrl: string): Promise<string> {
  const id = newId()
  const { duration_s, width, height, codec, slides } = media
  await tx.trx
    .insertInto('media')
    .values({
      team_id: tx.caller.teamId,
      id,
      token: newToken(),
      kind: media.kind,
      files: JSON.stringify(media.files),
      info: JSON.stringify({ duration_s, width, height, codec, slides }),
      size: media.files.reduce((sum, file) => sum + file.size, 0),
      source_url: sourceUrl,
      created_at: tx.now,
    })
    .execute()
  return id
}
