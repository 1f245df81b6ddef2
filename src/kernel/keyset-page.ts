import { isUuid } from '../lib/ids.ts'
import { invalid } from './errors.ts'

/** Which part of a list, newest first. `cursor` is the last page's `next_cursor`. */
export interface PageRequest {
  limit: number
  cursor?: string | undefined
}

export interface Page<T> {
  items: T[]
  hasMore: boolean
  nextCursor: string | null
}

/** The id after which the page begins. @throws CroftError `validation_error` for a cursor that Croft did not return */
export function afterId(cursor: string | undefined): string | null {
  if (cursor === undefined) return null
  const id = Buffer.from(cursor, 'base64url').toString('utf8')
  if (!isUuid(id)) throw invalid([{ path: 'query.cursor', message: 'is not a cursor of this list; omit it for the first page' }])
  return id
}

const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** The id before which the page begins: above all for the first page. @throws CroftError as {@link afterId} */
export const pageStart = (cursor: string | undefined): string => afterId(cursor) ?? lastId

/** Makes a page of `limit` out of the first rows from its beginning on, more than `limit` if there are more. */
export function toPage<T extends { id: string }>(rows: T[], limit: number): Page<T> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const hasMore = rows.length > limit
  return { items, hasMore, nextCursor: hasMore && last ? Buffer.from(last.id).toString('base64url') : null }
}
