import { fetchPicture } from '../../media/index.ts'
import type { Context } from '../../kernel/context.ts'
import { invalid } from '../../kernel/errors.ts'
import { ingestContext } from './ingest-context.ts'
import type { FetchedPicture } from './picture.ts'

/**
 * Checks a file of the store that is to be a picture, and re-encodes it. @param path what the request calls it @throws
 * CroftError `validation_error`
 */
export async function pictureIn(ctx: Context, teamId: string, hash: string, path: string): Promise<FetchedPicture> {
  const result = await fetchPicture(ingestContext(ctx, teamId), { source: { hash }, requireSquare: false })
  if (!result.ok) throw invalid(result.problems.map(({ message }) => ({ path, message })))
  return { file: result.file, info: result.info, sourceUrl: '' }
}
