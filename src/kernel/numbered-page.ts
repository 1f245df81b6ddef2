import type { SelectQueryBuilder } from 'kysely'
import type { Tables } from '../db/schema.ts'

/** Which part of a list to return by page number, as on the portal's pages. `page` starts at 1. */
export interface NumberedRequest {
  page: number
  perPage: number
}

export interface NumberedPage<T> {
  items: T[]
  total: number
}

export const offsetOf = ({ page, perPage }: NumberedRequest): number => (page - 1) * perPage

/** The number of rows that a query has without its limit. */
export async function countOf<T extends keyof Tables>(query: SelectQueryBuilder<Tables, T, object>): Promise<number> {
  const { total } = await query.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
  return total
}
