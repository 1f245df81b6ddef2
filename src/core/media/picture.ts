import { fetchPicture as fetchAndStore, type MediaFile, type PictureInfo } from '../../media/index.ts'
import { newId, newToken } from '../../lib/ids.ts'
import type { Context } from '../context.ts'
import { CroftError, invalid, type ErrorCode } from '../errors.ts'
import { mediaBehind } from './own.ts'
import type { Tx } from '../write/scope.ts'

/** A picture that is in the store and not yet anybody's. */
export interface FetchedPicture {
  file: MediaFile
  info: PictureInfo
  sourceUrl: string
}

const codes: readonly ErrorCode[] = ['invalid_url', 'address_not_allowed', 'picture_not_an_image', 'picture_too_large']

/**
 * Fetches a profile picture into the store.
 * @throws CroftError `validation_error`, `invalid_url`, `address_not_allowed`, `picture_unreachable`, `picture_not_an_image`, `picture_too_large`
 */
export async function fetchPicture(ctx: Context, teamId: string, url: string): Promise<FetchedPicture> {
  const own = await mediaBehind(ctx, teamId, url)
  const source = own?.files[0] ? { hash: own.files[0].hash } : { url }
  const result = await fetchAndStore(
    { guard: ctx.guard, store: ctx.store, limits: ctx.limits, temporaryDir: ctx.temporaryDir },
    { source, requireSquare: false },
  )
  if (result.ok) return { file: result.file, info: result.info, sourceUrl: url }
  const [problem] = result.problems
  if (problem?.code === 'url_not_https') throw invalid([{ path: 'profile_picture_url', message: problem.message }])
  const code = codes.find((one) => one === problem?.code) ?? 'picture_unreachable'
  throw new CroftError(code, problem?.message ?? 'The picture could not be fetched.', {
    details: [{ path: 'profile_picture_url', message: problem?.message ?? 'could not be fetched' }],
  })
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
