import { fetchPicture as fetchAndStore, type MediaFile, type PictureInfo, type PictureResult } from '../../media/index.ts'
import { newId, newToken } from '../../lib/ids.ts'
import type { Context } from '../../kernel/context.ts'
import { CroftError, invalid, type ErrorCode } from '../../kernel/errors.ts'
import { ingestContext } from './ingest-context.ts'
import { mediaBehind, tokenIn } from './own.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'

/** A picture that is in the store and not yet anybody's. */
export interface FetchedPicture {
  file: MediaFile
  info: PictureInfo
  sourceUrl: string
}

const codes: readonly ErrorCode[] = [
  'invalid_url',
  'address_not_allowed',
  'picture_not_an_image',
  'picture_too_large',
  'invalid_image_ratio',
]

const gone = {
  code: 'picture_unreachable',
  message: 'no file of this team has this address; upload it, and use the media_url',
} as const

async function bring(ctx: Context, teamId: string, url: string, requireSquare: boolean): Promise<PictureResult> {
  const own = await mediaBehind(ctx, teamId, url)
  const file = own?.files[0]
  if (!file && tokenIn(ctx, url) !== null) return { ok: false, problems: [gone], retryable: false }
  return fetchAndStore(ingestContext(ctx, teamId), { source: file ? { hash: file.hash } : { url }, requireSquare })
}

/**
 * Fetches a profile picture into the store; one of Croft's own addresses is read from there with no request.
 * @param path what the request calls it
 * @throws CroftError `validation_error`, `invalid_url`, `address_not_allowed`, `picture_unreachable`, `picture_not_an_image`,
 *   `picture_too_large`, `invalid_image_ratio`
 */
export async function fetchPicture(
  ctx: Context,
  teamId: string,
  url: string,
  { path = 'profile_picture_url', square = false }: { path?: string; square?: boolean } = {},
): Promise<FetchedPicture> {
  const result = await bring(ctx, teamId, url, square)
  if (result.ok) return { file: result.file, info: result.info, sourceUrl: url }
  const [problem] = result.problems
  const message = problem?.message ?? 'could not be fetched'
  if (problem?.code === 'url_not_https') throw invalid([{ path, message }])
  const code = codes.find((one) => one === problem?.code) ?? 'picture_unreachable'
  // Infinipost's profile PATCH prints this one whole: no other member.
  if (code === 'invalid_image_ratio') throw new CroftError(code, message)
  throw new CroftError(code, message, { details: [{ path, message }] })
}

/** Makes a fetched picture the team's, under an address of its own. @returns the media id */
export async function keepPicture(tx: Tx, picture: FetchedPicture): Promise<string> {
  const id = newId()
  const { width, height } = picture.info
  await tx.trx
    .insertInto('media')
    .values({
      team_id: tx.caller.teamId,
      id,
      token: newToken(),
      kind: 'picture',
      files: JSON.stringify([picture.file]),
      info: JSON.stringify({ duration_s: null, width, height, codec: null, slides: null }),
      size: picture.file.size,
      source_url: picture.sourceUrl,
      created_at: tx.now,
    })
    .execute()
  return id
}
