import type { SelectQueryBuilder } from 'kysely'
import type { Tables } from '../db/schema.ts'

/** Which part of a list by number, as the portal's pages are: `page` counts from 1. */
export interface NumberedRequest {
  page: number
  perPage: number
}

export interface NumberedPage<T> {
  items: T[]
  total: number
}

export const offsetOf = ({ page, perPage }: NumberedRequest): number => (page - 1) * perPage

/** How many rows a query without its limits has. */
export async function countOf<T extends keyof Tables>(query: SelectQueryBuilder<Tables, T, object>): Promise<number> {
  const { total } = await query.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
  return total
}
