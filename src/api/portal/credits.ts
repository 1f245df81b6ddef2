import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import { creditCosts } from '../../domain/credits/costs.ts'
import { listEntries, readBalance } from '../../domain/credits/read.ts'
import { readRoute } from '../http/route.ts'
import { id, iso, nullable, object, oneOf, time } from '../http/shapes.ts'
import { dataOf, numberedBody, numberedOf, numberedQuery, numberedRequest } from './shapes.ts'

const entryShape = object({
  id,
  type: oneOf('grant', 'debit', 'refund'),
  amount: Type.Integer({ description: 'Signed: a debit is negative.' }),
  balance_after: Type.Integer(),
  description: Type.String(),
  refers_to: nullable(id),
  created_at: time,
})

/** The cost of managed work, and a team's credits. */
export function creditRoutes(app: FastifyInstance, ctx: Context): void {
  const common = { family: 'portal', tag: 'Credits' } as const
  readRoute(app, ctx, {
    ...common,
    url: '/api/ext/credits/balance',
    summary: 'Get the balance',
    response: dataOf(object({ total_credits: Type.Integer(), last_updated: nullable(time) })),
    read: async (_, caller) => {
      const { balance, updatedAt } = await readBalance(ctx, caller)
      return { data: { total_credits: balance, last_updated: iso(updatedAt) } }
    },
  })
  readRoute(app, ctx, {
    ...common,
    url: '/api/ext/credits/history',
    summary: 'List the ledger, newest entry first',
    query: numberedQuery({}),
    response: numberedOf(entryShape),
    read: async (_, caller, { query }) => {
      const page = numberedRequest(query)
      return numberedBody(await listEntries(ctx, caller, page), page, (row) => ({
        id: row.id,
        type: row.type,
        amount: row.amount,
        balance_after: row.balance_after,
        description: row.description,
        refers_to: row.refers_to,
        created_at: row.created_at.toISOString(),
      }))
    },
  })
  readRoute(app, ctx, {
    ...common,
    url: '/api/ext/credit-costs',
    summary: 'Get the cost of managed work, in credits',
    response: dataOf(object({ account: Type.Integer(), video: Type.Integer(), edit_request: Type.Integer() })),
    read: () => Promise.resolve({ data: { ...creditCosts } }),
  })
}
