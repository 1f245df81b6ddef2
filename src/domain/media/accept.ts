import { sql } from 'kysely'
import type { IngestResult } from '../../media/index.ts'
import type { Context } from '../../kernel/context.ts'
import { newId, newToken } from '../../lib/ids.ts'
import type { MediaKind, MediaRequest } from './kind.ts'
import { keyOf, shape } from './media-rows.ts'

/** A claimed row whose media is checked and in the store. */
export interface Accepted<Row> {
  row: Row
  /** Null if the row's media was kept before. */
  result: (IngestResult & { ok: true }) | null
  /** Under what its files are claimed; the claims end with the commit. */
  files: string | null
}

function givenRow<Row extends MediaRequest>(kind: MediaKind<Row>, { row, result, files }: Accepted<Row>) {
  const media = result && {
    media_id: newId(),
    token: newToken(),
    kind: result.media.kind,
    files: result.media.files,
    info: infoOf(result.media),
    size: result.media.files.reduce((sum, file) => sum + file.size, 0),
    source_url: row.media_url,
    warnings: result.warnings,
  }
  return { ...keyOf(kind, row), claim: row.prepare_claim, line: newId(), file_claim: files, ...media }
}

const infoOf = ({ duration_s, width, height, codec, slides }: (IngestResult & { ok: true })['media']) => ({
  duration_s,
  width,
  height,
  codec,
  slides,
})

/**
 * Makes stored files the teams', under addresses of their own, and lets their rows go on: in one statement however many
 * they are. @returns the claims of the rows that it settled; the others are no longer held, and untouched
 */
export async function acceptRows<Row extends MediaRequest>(
  ctx: Pick<Context, 'db' | 'clock'>,
  kind: MediaKind<Row>,
  accepted: readonly Accepted<Row>[],
): Promise<Set<string>> {
  const now = ctx.clock.now()
  const { held, change } = kind.accept(now)
  const key = sql.join(kind.key.map(([column]) => sql.ref(column)))
  const { rows } = await sql<{ claim: string }>`
    with given as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(accepted.map((one) => givenRow(kind, one)))}::jsonb) as v(${shape(kind)},
        claim uuid, media_id uuid, token text, kind text, files jsonb, info jsonb, size bigint, source_url text, warnings jsonb,
        line uuid, file_claim uuid)
    ), held as materialized (${held}),
    kept as (
      insert into media (team_id, id, token, kind, files, info, size, source_url, created_at)
      select team_id, media_id, token, kind, files, info, size, source_url, ${now}
      from held join given using (${key}) where media_id is not null
    ), freed as (
      delete from file_claims c using held join given using (${key})
      where c.id = given.file_claim and c.hash in (select file ->> 'hash' from jsonb_array_elements(given.files) file)
    ) ${change}`.execute(ctx.db)
  return new Set(rows.map(({ claim }) => claim))
}
