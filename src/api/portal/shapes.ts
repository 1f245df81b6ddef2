import { Type, type Static, type TSchema } from 'typebox'
import type { Detail } from '../../kernel/errors.ts'
import type { NumberedPage, NumberedRequest } from '../../kernel/numbered-page.ts'
import { object } from '../http/shapes.ts'

/** The portal's envelope. */
export const dataOf = <T extends TSchema>(data: T) => object({ data })

const pagination = object({
  page: Type.Integer(),
  per_page: Type.Integer(),
  total: Type.Integer(),
  total_pages: Type.Integer(),
})

/** The query of a list in the portal family. */
export const numberedQuery = <P extends Record<string, TSchema>>(filters: P) =>
  Type.Object(
    {
      ...filters,
      page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, default: 1 })),
      per_page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 25 })),
    },
    { additionalProperties: false },
  )
export const numberedOf = <T extends TSchema>(item: T) => object({ data: Type.Array(item), pagination })

export const numberedRequest = (query: { page?: number; per_page?: number }): NumberedRequest => ({
  page: query.page ?? 1,
  perPage: query.per_page ?? 25,
})

export const numberedBody = <T, B>(
  { items, total }: NumberedPage<T>,
  { page, perPage }: NumberedRequest,
  show: (item: T) => B,
) => ({
  data: items.map(show),
  pagination: { page, per_page: perPage, total, total_pages: Math.ceil(total / perPage) },
})

const paidMembers = {
  credits_charged: Type.Integer(),
  credits_remaining: Type.Integer(),
  credits_would_charge: Type.Optional(Type.Integer({ description: 'Only in a dry run.' })),
}

/** The envelope of work that is paid for. */
export const paidOf = <T extends TSchema>(data: T) => object({ data, ...paidMembers })
type PaidBody = { [Name in 'credits_charged' | 'credits_remaining']: Static<(typeof paidMembers)[Name]> }

/** The costs in a dry run: nothing was charged, and what would be. */
export const wouldCharge = <T extends PaidBody>(answer: T) => ({
  ...answer,
  credits_charged: 0,
  credits_would_charge: answer.credits_charged,
  credits_remaining: answer.credits_remaining + answer.credits_charged,
})

/** The texts of a body whose shape may be invalid: a member with a fault is reported and not checked again. */
export function textsOf(body: unknown, faults: readonly Detail[]): (member: string) => string | undefined {
  const given: Readonly<Record<string, unknown>> =
    typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...body } : {}
  return (member) => {
    const value = given[member]
    return typeof value === 'string' && !faults.some(({ path }) => path === member) ? value : undefined
  }
}
